import type { Frame } from '@org/realtime-core/kit'
import { seededRandom } from '../random.ts'
import { assert, assertEqual } from './assert.ts'
import type { ProtocolBench, ProtocolStatement } from './bench.ts'
import { mutateFrames } from './mutate-frames.ts'
import type { TappedSession } from './tap.ts'

const random = seededRandom(1)
const noise = (length: number): Uint8Array => Uint8Array.from({ length }, () => Math.floor(random() * 256))
const nonsense: readonly Frame[] = [
  '\u0000',
  '{',
  'no frame of any protocol',
  noise(1),
  noise(64),
  new Uint8Array(0),
]

/** Waits for a connection, whatever a changed frame has seemed to say: to stop, or to keep away for minutes. */
function revived({ client, until }: ProtocolBench): Promise<void> {
  return until(() => {
    const { status } = client.status.get()
    if (status === 'failed') client.connect().catch(() => {})
    else if (status !== 'connected') client.reconnectNow()
    return status === 'connected'
  }, 'the client is connected again')
}

/** Faults of the far end and of the wire, silence, capabilities, and the end. */
export const faultStatements: readonly ProtocolStatement[] = [
  {
    name: 'answers a malformed frame with an error or a failure, and lives on',
    async run({ rig, connect, server, tap, errors, until, spy, times }) {
      for (const frame of rig.malformed ?? nonsense) {
        await connect()
        const before = errors.length
        const [session] = tap.open
        await server.send(frame)
        const isTold = (): boolean => errors.length > before || session?.state === 'over'
        await until(isTold, `something is said about ${JSON.stringify(frame)}`, times.soonMs)
        await connect()
      }
      assertEqual(spy.violations, [], 'violations')
    },
  },
  {
    name: 'survives frames that were cut or changed on their way, in every state',
    async run(bench) {
      const { join, server, channels, event, client, until, settled, tap, spy, rig, pass, times } = bench
      spy.distrust()
      await join(...channels)
      for (const channel of channels) await server.publish(channel, event, { n: 1, text: 'x' })
      const { publish, ack } = rig.protocol.capabilities
      if (publish) client.untyped(channels[0]).publish(event, 1, { delivery: ack || 'at-most-once' })
      await settled()
      const frames = tap.sessions.flatMap(({ received }) => received).slice(0, 20)
      for (const frame of mutateFrames(frames, times.changes)) {
        // Not only when connected: it may as well be joining or shaking hands.
        const opened = (): TappedSession | undefined => tap.open.find(({ state }) => state === 'open')
        if (!opened()) await revived(bench)
        const session = opened()
        const count = session?.received.length
        await server.send(frame)
        await until(() => session?.state === 'over' || session?.received.length !== count, 'it arrives')
      }
      await pass(times.quietMs)
      await revived(bench)
    },
  },
  {
    name: 'reports nothing after its end, whatever was under way',
    async run({ join, client, server, channels, until, event, rig, spy }) {
      await join(channels[0])
      const other = client.untyped(channels[1])
      for (const turns of [0, 1, 2, 5]) {
        const links = spy.links.length
        const stop = other.join()
        if (rig.protocol.capabilities.publish)
          client
            .untyped(channels[0])
            .publish(event, turns)
            .catch(() => {})
        const said = server.publish(channels[0], event, turns)
        for (let turn = 0; turn < turns; turn++) await undefined
        await Promise.all([said, server.dropAll()])
        await until(() => spy.links.length > links, 'the client comes back')
        await until(() => client.status.get().status === 'connected', 'the client is connected again')
        stop()
        await until(() => other.status.get().state === 'left', 'the channel is left')
      }
    },
  },
  {
    name: 'finds a far end that has fallen silent, or shows signs of life itself',
    heartbeat: 'fast',
    async run({ join, tap, server, channels, until, spy, client }) {
      await join(channels[0])
      const [session] = tap.open
      const [link] = spy.links
      const count = session?.sent.length ?? 0
      await server.stall()
      if (link?.has('ping')) await until(() => session?.closedBy === 'dead', 'the silent session is given up')
      else if (link?.has('beat')) await until(() => session?.sent.length !== count, 'a heartbeat is sent')
      await server.unstall()
      await until(() => client.status.get().status === 'connected', 'the client is connected again')
    },
  },
  {
    name: 'tells the answer to a ping, so that the round trip is known',
    async run({ connect, client, spy, until, pass, times }) {
      await connect()
      if (!spy.links[0]?.has('ping')) return
      client.reconnectNow()
      await until(() => client.status.get().rttMs !== undefined, 'a round trip is known')
      // Had the answer not counted, the session would be given up by now.
      await pass(1.2 * times.probeMs)
      assertEqual([client.status.get().health, spy.links.length], ['ok', 1], 'health, links')
    },
  },
  {
    name: 'proves that nothing was lost when it has history, and never claims it without',
    async run({ rig, join, interrupt, server, client, until, untilJoined, channels, event, settled }) {
      const [channel] = channels
      const arrived = await join(channel)
      const gaps: string[] = []
      client.untyped(channel).onGap(({ continuity }) => gaps.push(continuity), { complete: true })
      await server.publish(channel, event, 1)
      await until(() => arrived.length === 1, 'the message arrives')
      await interrupt(() => server.publish(channel, event, 2))
      await untilJoined(channel)
      await server.publish(channel, event, 3)
      await until(() => arrived.some(({ value }) => value === 3), 'the last message arrives')
      await settled()
      assertEqual(gaps.length, 1, 'gaps told')
      if (!rig.protocol.capabilities.history)
        return assert(gaps[0] !== 'complete', 'Claims what it cannot prove')
      assertEqual(gaps, ['complete'], 'gaps told')
      assertEqual(
        arrived.map(({ value }) => value),
        [1, 2, 3],
        'messages',
      )
    },
  },
  {
    name: 'tells the members of a channel when it has presence',
    async run({ rig, join, client, interrupt, until, untilJoined, settled }) {
      const { presence } = rig.protocol.capabilities
      assertEqual(rig.protocol.presence !== undefined, presence, 'presence store')
      if (!presence) return
      const channel = rig.presenceChannel ?? 'presence-a'
      await join(channel)
      const { members } = client.untyped(channel)
      await until(() => members.get().list.length > 0, 'the members are told')
      const { me } = members.get()
      assert(me, 'Does not tell which member is this client')
      const diffs: unknown[] = []
      members.subscribe((_members, diff) => {
        if (diff.joined.length || diff.left.length) diffs.push(diff)
      })
      await interrupt()
      await untilJoined(channel)
      await settled()
      assertEqual([diffs, members.get().me?.id], [[], me.id], 'flicker after a reconnect, and itself')
    },
  },
  {
    name: 'takes new credentials without an interruption',
    async run({ join, client, until, channels, isJoined, server, event, settled, spy, tap }) {
      const arrived = await join(channels[0])
      client.reauthenticate()
      const isInBand = spy.links[0]?.has('refresh')
      await until(() => isInBand || (tap.sessions.length === 2 && tap.open.length === 1), 'the move is over')
      await settled()
      assertEqual([client.status.get().status, isJoined(channels[0])], ['connected', true], 'status, joined')
      if (isInBand) assertEqual(tap.sessions.length, 1, 'sessions')
      await server.publish(channels[0], event, 'after')
      await until(() => arrived.length > 0, 'a message arrives')
      await settled()
      assertEqual(arrived.length, 1, 'messages')
    },
  },
  {
    name: 'says nothing more once it has said goodbye',
    async run({ join, client, tap, channels, pass, times, settled }) {
      await join(...channels)
      const [session] = tap.sessions
      await client.close()
      const count = session?.sent.length
      assert(typeof session?.closedBy === 'number', 'The session was not closed in good order')
      await pass(times.quietMs)
      await settled()
      assertEqual([session.sent.length, tap.sessions.length], [count, 1], 'frames sent, sessions')
    },
  },
]
