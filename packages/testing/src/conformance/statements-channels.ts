import { assert, assertEqual } from './assert.ts'
import type { Arrived, ProtocolBench, ProtocolStatement } from './bench.ts'

/** Connecting, joining, leaving, routing. */
export const channelStatements: readonly ProtocolStatement[] = [
  {
    name: 'is not ready before the far end has answered, and ready once when it has',
    async run({ client, server, settled, connect, until, spy }) {
      await server.withhold()
      client.connect().catch(() => {})
      await until(() => spy.links.length === 1, 'a session opens')
      await settled()
      assert(client.status.get().status !== 'connected', 'Connected without an answer of the far end')
      await server.release()
      await server.dropAll()
      await connect()
      assertEqual(spy.links.filter((link) => link.ready()).length, 1, 'links that were ready')
    },
  },
  {
    name: 'answers every join',
    async run({ join, channels, spy }) {
      await join(...channels)
      assertEqual(spy.links.length, 1, 'links')
    },
  },
  {
    name: 'reports a refused channel, and neither the others nor the connection suffer',
    async run({ client, server, join, until, channels: [good, bad], settled }) {
      if (!server.refuse) return
      await server.refuse(bad)
      const channel = client.untyped(bad)
      channel.join()
      await join(good)
      await until(() => channel.status.get().state === 'rejected', 'the refusal is told')
      const status = channel.status.get()
      assert(
        status.state === 'rejected' && `${JSON.stringify(status.error.details)}`.includes(bad),
        'The error does not name the channel',
      )
      await settled()
      assertEqual(client.status.get().status, 'connected', 'status')
    },
  },
  {
    name: 'joins again after the session was lost',
    async run({ join, interrupt, server, settled, until, untilJoined, channels, isJoined, spy, event }) {
      const arrived = await join(...channels)
      await interrupt(() => assert(!channels.some(isJoined), 'A channel is joined without a session'))
      await untilJoined(...channels)
      assertEqual(spy.links.length, 2, 'links')
      await server.publish(channels[0], event, 'after')
      await until(() => arrived.length > 0, 'a message arrives')
      await settled()
      assertEqual(arrived, [{ channel: channels[0], event, value: 'after' }], 'messages')
    },
  },
  {
    name: 'does not go on with a channel that was left while there was no session',
    async run({ join, client, server, interrupt, untilJoined, untilEqual, channels, event, settled }) {
      const [kept, left] = channels
      await join(kept)
      const channel = client.untyped(left)
      channel.join()
      await untilJoined(left)
      await interrupt(() => channel.leave({ now: true }))
      await untilJoined(kept)
      await settled()
      await server.publish(left, event, 'unwanted')
      await settled()
      await untilEqual(() => server.joined(left), 0, 'members')
      assertEqual(channel.status.get().state, 'left', 'state')
    },
  },
  {
    name: 'leaves a channel on the wire where it can, and is heard no more in any case',
    async run({ client, connect, server, until, untilJoined, untilEqual, channels, spy, event, settled }) {
      const [name] = channels
      await connect()
      let count = 0
      const channel = client.untyped(name)
      const stop = channel.onAny(() => count++)
      await untilJoined(name)
      stop()
      await until(() => channel.status.get().state === 'left', 'the channel is left')
      if (spy.links[0]?.has('unsubscribe')) await untilEqual(() => server.joined(name), 0, 'members')
      await server.publish(name, event, 'unheard')
      await settled()
      assertEqual(count, 0, 'messages')
    },
  },
  {
    name: 'joins a channel again after leaving it',
    async run({ client, connect, server, until, untilJoined, channels: [name], event, settled }) {
      await connect()
      const channel = client.untyped(name)
      const stop = channel.join()
      await untilJoined(name)
      stop()
      await until(() => channel.status.get().state === 'left', 'the channel is left')
      const values: unknown[] = []
      channel.onAny(({ payload }) => values.push(payload))
      await untilJoined(name)
      await server.publish(name, event, 'heard')
      await until(() => values.length > 0, 'a message arrives')
      await settled()
      assertEqual(values, ['heard'], 'messages')
    },
  },
  {
    name: 'brings every message to its own channel, in order and once',
    async run({ join, server, until, channels, event, settled }) {
      const arrived = await join(...channels)
      const expected = Array.from({ length: 12 }, (_, n) => ({
        channel: channels[n % 3] as string,
        event,
        value: { n },
      }))
      for (const { channel, value } of expected) await server.publish(channel, event, value)
      await until(() => arrived.length >= expected.length, 'all messages arrive')
      await settled()
      assertEqual(arrived, expected, 'messages')
    },
  },
  {
    name: 'moves to a new connection, and hears what is sent before and after',
    async run(bench) {
      const { join, channels, server, event, until, untilJoined, settled, tap } = bench
      const arrived = await join(channels[0])
      await server.publish(channels[0], event, 0)
      await until(() => arrived.length === 1, 'the first message arrives')
      if (!(await move(bench))) return
      await until(() => tap.sessions.length === 2 && tap.open.length === 1, 'the move is over')
      // By then the far end does not count the old connection any more.
      await settled()
      await untilJoined(channels[0])
      await server.publish(channels[0], event, 1)
      await until(() => arrived.length > 1, 'the second message arrives')
      await settled()
      assertEqual(arrived, numbered(bench, 2), 'messages')
    },
  },
  {
    // Where nothing numbers the messages, and two real sockets take their own time, nobody can.
    name: 'neither loses nor doubles a message while it moves to a new connection',
    async run(bench) {
      const { join, channels, server, event, pass, times, until, settled, tap } = bench
      const arrived = await join(channels[0])
      if (!(await move(bench))) return
      const expected = numbered(bench, 40)
      for (const { value } of expected) {
        await server.publish(channels[0], event, value)
        await pass(times.stepMs)
      }
      await until(() => tap.sessions.length === 2 && tap.open.length === 1, 'the move is over')
      await until(() => arrived.length >= expected.length, 'all messages arrive')
      await settled()
      assertEqual(arrived, expected, 'messages')
    },
  },
  {
    name: 'maps names to the wire and back',
    async run({ rig, join, server, until, channels, event }) {
      const names = rig.names ?? [[channels[0], event] as const]
      const arrived = await join(...new Set(names.map(([channel]) => channel)))
      for (const [channel, name] of names) await server.publish(channel, name, 1)
      await until(() => arrived.length >= names.length, 'all messages arrive')
      assertEqual(
        arrived,
        names.map(([channel, name]) => ({ channel, event: name, value: 1 })),
        'messages',
      )
    },
  },
]

/** Starts a make-before-break, by the far end where it can ask for one; false where there is no reason to. */
async function move({ server, spy, client }: ProtocolBench): Promise<boolean> {
  if (server.drain) await server.drain(0)
  else if (spy.links[0]?.has('refresh')) return false
  else client.reauthenticate()
  return true
}

const numbered = ({ channels: [channel], event }: ProtocolBench, length: number): Arrived[] =>
  Array.from({ length }, (_, value) => ({ channel, event, value }))
