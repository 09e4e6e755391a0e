import { assert, assertEqual } from './assert.ts'
import type { ProtocolBench } from './protocol-rig.ts'
import type { Statement } from './runner.ts'

/** Connecting, joining, leaving, routing. */
export const channelStatements: readonly Statement<ProtocolBench>[] = [
  {
    name: 'is not ready before the far end has answered, and ready once when it has',
    async run({ client, server, settled, connect, spy }) {
      server.withhold()
      client.connect().catch(() => {})
      await settled()
      assert(client.status.get().status !== 'connected', 'Connected without an answer of the far end')
      server.release()
      await connect()
      assertEqual(spy.links.filter((link) => link.ready()).length, 1, 'links that were ready')
    },
  },
  {
    name: 'answers every join',
    async run({ join, server, channels, spy }) {
      await join(...channels)
      assertEqual(
        channels.map((channel) => server.joined(channel)),
        [1, 1, 1],
        'members of each channel',
      )
      assertEqual(spy.links.length, 1, 'links')
    },
  },
  {
    name: 'reports a refused channel, and neither the others nor the connection suffer',
    async run({ client, server, join, until, channels: [good, bad], settled }) {
      if (!server.refuse) return
      server.refuse(bad)
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
    async run({ join, server, until, channels, isJoined, spy, event, settled }) {
      const arrived = await join(...channels)
      server.dropAll()
      await settled()
      assert(!channels.some(isJoined), 'A channel is joined without a session')
      await until(() => channels.every(isJoined), 'all channels are joined again')
      assertEqual(
        channels.map((channel) => server.joined(channel)),
        [1, 1, 1],
        'members of each channel',
      )
      assertEqual(spy.links.length, 2, 'links')
      server.publish(channels[0], event, 'after')
      await until(() => arrived.length > 0, 'a message arrives')
      assertEqual(arrived, [{ channel: channels[0], event, value: 'after' }], 'messages')
    },
  },
  {
    name: 'does not go on with a channel that was left while there was no session',
    async run({ join, client, server, until, channels: [kept, left], clock, event, settled }) {
      await join(kept)
      const channel = client.untyped(left)
      channel.join()
      await until(() => server.joined(left) === 1, 'the channel is joined')
      server.dropAll()
      await settled()
      channel.leave({ now: true })
      await until(() => client.status.get().status === 'connected', 'the client comes back')
      await until(() => server.joined(kept) === 1, 'the other channel is joined again')
      await clock.advance(2000)
      server.publish(left, event, 'unwanted')
      await settled()
      assertEqual(
        [server.joined(left), client.untyped(left).status.get().state],
        [0, 'left'],
        'members, state',
      )
    },
  },
  {
    name: 'leaves a channel on the wire where it can, and is heard no more in any case',
    async run({ client, connect, server, until, clock, channels: [channel], spy, event, settled }) {
      await connect()
      let count = 0
      const stop = client.untyped(channel).onAny(() => count++)
      await until(() => server.joined(channel) === 1, 'the channel is joined')
      stop()
      await clock.advance(2000)
      const canLeave = spy.links[0]?.has('unsubscribe')
      if (canLeave) assertEqual(server.joined(channel), 0, 'members')
      server.publish(channel, event, 'unheard')
      await settled()
      assertEqual(count, 0, 'messages')
    },
  },
  {
    name: 'joins a channel again after leaving it',
    async run({ client, connect, server, until, clock, channels: [channel], event, isJoined }) {
      await connect()
      const stop = client.untyped(channel).join()
      await until(() => isJoined(channel), 'the channel is joined')
      stop()
      await clock.advance(2000)
      const values: unknown[] = []
      client.untyped(channel).onAny(({ payload }) => values.push(payload))
      await until(() => isJoined(channel), 'the channel is joined again')
      server.publish(channel, event, 'heard')
      await until(() => values.length > 0, 'a message arrives')
      assertEqual(values, ['heard'], 'messages')
    },
  },
  {
    name: 'brings every message to its own channel, in order and once',
    async run({ join, server, until, channels, event }) {
      const arrived = await join(...channels)
      const expected = Array.from({ length: 12 }, (_, n) => ({
        channel: channels[n % 3] as string,
        event,
        value: { n },
      }))
      for (const { channel, value } of expected) server.publish(channel, event, value)
      await until(() => arrived.length >= expected.length, 'all messages arrive')
      assertEqual(arrived, expected, 'messages')
    },
  },
  {
    name: 'moves to a new connection without losing or doubling a message',
    async run({ join, client, server, channels: [channel], event, spy, clock, transport, until }) {
      const arrived = await join(channel)
      if (server.drain) server.drain(0)
      else if (spy.links[0]?.has('refresh')) return
      else client.reauthenticate()
      const expected = Array.from({ length: 40 }, (_, n) => ({ channel, event, value: n }))
      for (const { value } of expected) {
        server.publish(channel, event, value)
        await clock.advance(50)
      }
      await until(() => spy.links.length === 2 && transport.open.length === 1, 'the move is over')
      assertEqual(arrived, expected, 'messages')
    },
  },
  {
    name: 'maps names to the wire and back',
    async run({ rig, join, server, until, channels, event }) {
      const names = rig.names ?? [[channels[0], event] as const]
      const arrived = await join(...names.map(([channel]) => channel))
      for (const [channel, name] of names) server.publish(channel, name, 1)
      await until(() => arrived.length >= names.length, 'all messages arrive')
      assertEqual(
        arrived,
        names.map(([channel, name]) => ({ channel, event: name, value: 1 })),
        'messages',
      )
    },
  },
]
