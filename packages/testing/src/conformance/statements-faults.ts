import type { Frame } from '@org/realtime-core/kit'
import { seededRandom } from '../random.ts'
import { assert, assertEqual } from './assert.ts'
import { mutateFrames } from './mutate-frames.ts'
import type { ProtocolBench } from './protocol-rig.ts'
import type { Statement } from './runner.ts'

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

/** Every frame that the far end sends, as it goes out. */
function record({ transport }: ProtocolBench): Frame[] {
  const frames: Frame[] = []
  transport.onDial((peer) =>
    peer.intercept('to-client', (frame, pass) => {
      frames.push(typeof frame === 'string' ? frame : frame.slice())
      pass(frame)
    }),
  )
  return frames
}

/** Faults of the far end and of the wire, silence, capabilities, and the end. */
export const faultStatements: readonly Statement<ProtocolBench>[] = [
  {
    name: 'answers a malformed frame with an error or a failure, and lives on',
    async run({ rig, connect, transport, errors, until, clock, spy, client }) {
      for (const frame of rig.malformed ?? nonsense) {
        await connect()
        const before = errors.length
        const peer = transport.open[0]
        assert(peer, 'No session is open')
        peer.send(frame)
        await clock.advance(0)
        assert(errors.length > before || peer.closedBy, `Nothing was said about ${JSON.stringify(frame)}`)
        await until(() => client.status.get().status === 'connected', 'the client is connected again')
      }
      assertEqual(spy.violations, [], 'violations')
    },
  },
  {
    name: 'survives frames that were cut or changed on their way, in every state',
    async run(bench) {
      const { join, server, channels, event, client, until, settled, transport, clock } = bench
      const frames = record(bench)
      bench.spy.distrust()
      await join(...channels)
      for (const channel of channels) server.publish(channel, event, { n: 1, text: 'x' })
      if (bench.rig.protocol.capabilities.publish)
        client
          .untyped(channels[0])
          .publish(event, 1, { delivery: bench.rig.protocol.capabilities.ack || 'at-most-once' })
      await settled()
      for (const frame of mutateFrames(frames.slice(0, 20), 400)) {
        if (client.status.get().status === 'failed') client.connect().catch(() => {})
        await until(() => transport.open[0]?.state === 'open', 'a session is open')
        transport.open[0]?.send(frame)
        await settled()
      }
      // Advice that a changed frame seemed to give may keep it away for minutes.
      await clock.advance(600_000)
      if (client.status.get().status === 'failed') client.connect().catch(() => {})
      await until(() => client.status.get().status === 'connected', 'the client is connected again', 600_000)
    },
  },
  {
    name: 'reports nothing after its end, whatever was under way',
    async run({ join, client, server, channels, clock, event, settled, rig }) {
      await join(channels[0])
      for (const turns of [0, 1, 2, 5]) {
        const stop = client.untyped(channels[1]).join()
        if (rig.protocol.capabilities.publish)
          client
            .untyped(channels[0])
            .publish(event, turns)
            .catch(() => {})
        server.publish(channels[0], event, turns)
        for (let turn = 0; turn < turns; turn++) await undefined
        server.dropAll()
        await settled()
        await clock.advance(30_000)
        stop()
        await clock.advance(2000)
      }
    },
  },
  {
    name: 'finds a far end that has fallen silent, or shows signs of life itself',
    async run({ join, transport, channels, until, spy, client }) {
      await join(channels[0])
      const [peer] = transport.open
      assert(peer, 'No session is open')
      const [link] = spy.links
      const count = peer.sent.length
      peer.stall()
      if (link?.has('ping'))
        await until(() => peer.closedBy === 'dead', 'the silent session is given up', 300_000)
      else if (link?.has('beat')) await until(() => peer.sent.length > count, 'a heartbeat is sent', 300_000)
      peer.unstall()
      await until(() => client.status.get().status === 'connected', 'the client is connected again')
    },
  },
  {
    name: 'tells the answer to a ping, so that the round trip is known',
    async run({ connect, client, spy, until, clock }) {
      await connect()
      if (!spy.links[0]?.has('ping')) return
      client.reconnectNow()
      await until(() => client.status.get().rttMs !== undefined, 'a round trip is known')
      await clock.advance(10_000)
      assertEqual([client.status.get().health, spy.links.length], ['ok', 1], 'health, links')
    },
  },
  {
    name: 'proves that nothing was lost when it has history, and never claims it without',
    async run({ rig, join, server, client, until, channels: [channel], event, isJoined, settled }) {
      const arrived = await join(channel)
      const gaps: string[] = []
      client.untyped(channel).onGap(({ continuity }) => gaps.push(continuity), { complete: true })
      server.publish(channel, event, 1)
      await until(() => arrived.length === 1, 'the message arrives')
      server.dropAll()
      await settled()
      server.publish(channel, event, 2)
      await until(() => isJoined(channel), 'the channel is joined again')
      server.publish(channel, event, 3)
      await until(() => arrived.some(({ value }) => value === 3), 'the last message arrives')
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
    async run({ rig, join, client, until, spy, server }) {
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
      server.dropAll()
      await until(
        () => spy.links.length === 2 && client.status.get().status === 'connected',
        'the client comes back',
      )
      await until(() => server.joined(channel) === 1, 'the channel is joined again')
      assertEqual([diffs, members.get().me?.id], [[], me.id], 'flicker after a reconnect, and itself')
    },
  },
  {
    name: 'takes new credentials without an interruption',
    async run({ join, client, until, channels, isJoined, server, event, clock }) {
      const arrived = await join(channels[0])
      client.reauthenticate()
      await clock.advance(10_000)
      assertEqual([client.status.get().status, isJoined(channels[0])], ['connected', true], 'status, joined')
      server.publish(channels[0], event, 'after')
      await until(() => arrived.length > 0, 'a message arrives')
      assertEqual(arrived.length, 1, 'messages')
    },
  },
  {
    name: 'says nothing more once it has said goodbye',
    async run({ join, client, transport, channels, clock }) {
      await join(...channels)
      const peer = transport.last
      await client.close()
      const count = peer.sent.length
      assert(peer.closedBy && peer.closedBy !== 'dead', 'The session was not closed in good order')
      await clock.advance(120_000)
      assertEqual([peer.sent.length, transport.sessions.length], [count, 1], 'frames sent, sessions')
    },
  },
]
