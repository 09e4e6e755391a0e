import type { Receipt } from '@org/realtime-core'
import type { Delivery } from '@org/realtime-core/kit'
import { assert, assertEqual } from './assert.ts'
import type { ProtocolBench } from './protocol-rig.ts'
import type { Statement } from './runner.ts'

/** The strongest delivery that the protocol says it has. */
const strongest = ({ rig }: ProtocolBench): Delivery => rig.protocol.capabilities.ack || 'at-most-once'

function publish(
  bench: ProtocolBench,
  channel: string,
  payload: unknown,
  delivery: Delivery,
): Promise<Receipt> {
  return bench.client.untyped(channel).publish(bench.event, payload, { delivery })
}

const toOutcome = (receipt: Receipt): string => receipt.outcome

/** The payloads at the far end, without those it had already. */
const taken = ({ server }: ProtocolBench): unknown[] =>
  server.received.filter(({ duplicate }) => !duplicate).map(({ payload }) => payload)

const publishes = ({ rig }: ProtocolBench): boolean => rig.protocol.capabilities.publish !== false

/** Publishing, for protocols that can. */
export const publishingStatements: readonly Statement<ProtocolBench>[] = [
  {
    name: 'brings publishes to the far end as they were meant, and settles each',
    async run(bench) {
      if (!publishes(bench)) return
      const { join, until, channels, event, server } = bench
      await join(...channels)
      const payloads = ['text', 7, null, true, ['ä€😀', {}], { deep: { empty: '', list: [] } }]
      const receipts = payloads.map((payload) => publish(bench, channels[1], payload, 'at-most-once'))
      await until(() => server.received.length >= payloads.length, 'all publishes arrive')
      const found = server.received.map((received) => [received.channel, received.event, received.payload])
      assertEqual(
        found,
        payloads.map((payload) => [channels[1], event, payload]),
        'publishes',
      )
      for (const receipt of await Promise.all(receipts))
        assert(receipt.outcome !== 'dropped', 'A publish was dropped')
    },
  },
  {
    name: 'maps the names of publishes to the wire',
    async run(bench) {
      if (!publishes(bench)) return
      const { rig, join, until, server, client, channels, event } = bench
      const names = rig.names ?? [[channels[0], event] as const]
      await join(...names.map(([channel]) => channel))
      for (const [channel, name] of names) client.untyped(channel).publish(name, 1)
      await until(() => server.received.length >= names.length, 'all publishes arrive')
      assertEqual(
        server.received.map((received) => [received.channel, received.event]),
        names,
        'names',
      )
    },
  },
  {
    name: 'says acknowledged only when the far end has said so, and never without the capability',
    async run(bench) {
      if (!publishes(bench)) return
      const { rig, join, until, channels, server, settled } = bench
      await join(channels[0])
      server.withhold()
      let outcome = 'pending'
      publish(bench, channels[0], 'x', strongest(bench)).then((receipt) => {
        outcome = receipt.outcome
      })
      await settled()
      if (!rig.protocol.capabilities.ack) return assertEqual(outcome, 'sent', 'outcome')
      assertEqual(outcome, 'pending', 'outcome before the acknowledgement')
      server.release()
      const answered = publish(bench, channels[0], 'y', strongest(bench)).then(toOutcome)
      let second = ''
      answered.then((found) => {
        second = found
      })
      await until(() => second !== '', 'the second publish settles')
      assertEqual(second, 'acknowledged', 'outcome')
    },
  },
  {
    name: 'settles every publish exactly once across a lost session, and the far end has each once',
    async run(bench) {
      if (!publishes(bench)) return
      const { join, until, channels, server, settled } = bench
      await join(channels[0])
      const delivery = strongest(bench)
      const outcomes: string[] = []
      const send = (payload: number): void => {
        publish(bench, channels[0], payload, delivery).then((receipt) =>
          outcomes.push(`${payload} ${receipt.outcome}`),
        )
      }
      server.withhold()
      send(1)
      send(2)
      await settled()
      server.dropAll()
      await settled()
      server.release()
      send(3)
      send(4)
      await until(() => outcomes.length === 4 && taken(bench).length >= 4, 'all publishes settle')
      await bench.clock.advance(5000)
      const outcome = bench.rig.protocol.capabilities.ack ? 'acknowledged' : 'sent'
      assertEqual(
        [...outcomes].sort(),
        [1, 2, 3, 4].map((payload) => `${payload} ${outcome}`),
        'outcomes',
      )
      assertEqual(taken(bench), [1, 2, 3, 4], 'payloads at the far end')
    },
  },
  {
    name: 'sends again under the same id',
    async run(bench) {
      if (!publishes(bench) || !bench.rig.protocol.capabilities.ack) return
      const { join, until, channels, server, settled } = bench
      await join(channels[0])
      server.withhold()
      let isSettled = false
      publish(bench, channels[0], 'x', strongest(bench)).then(() => {
        isSettled = true
      })
      await settled()
      server.dropAll()
      await settled()
      server.release()
      await until(() => isSettled, 'the publish settles')
      const [first, ...again] = server.received
      assert(first?.id !== undefined, 'The far end got no id with a publish that it acknowledges')
      assert(again.length > 0, 'The publish was not sent again')
      for (const { id, payload } of again) assertEqual([id, payload], [first.id, 'x'], 'what was sent again')
    },
  },
  {
    name: 'sends nothing of one identity under the next',
    async run(bench) {
      if (!publishes(bench)) return
      const { client, join, until, channels, server, settled } = bench
      await join(channels[0])
      server.withhold()
      publish(bench, channels[0], 'secret', strongest(bench)).catch(() => {})
      await settled()
      const count = server.received.length
      client.reauthenticate({ newIdentity: true })
      server.release()
      await until(
        () => server.joined(channels[0]) === 1 && bench.spy.links.length === 2,
        'the other identity has joined',
      )
      await bench.clock.advance(5000)
      assertEqual(
        server.received.slice(count).map(({ payload }) => payload),
        [],
        'sent under the next identity',
      )
    },
  },
  {
    name: 'lets those publish whom it says may publish',
    async run(bench) {
      const { rig, connect, until, channels, server, spy } = bench
      const { publish: may } = rig.protocol.capabilities
      await connect()
      const [link] = spy.links
      const has = [link?.has('publish'), rig.protocol.outbox !== undefined, rig.protocol.encode !== undefined]
      assertEqual(
        has,
        has.map(() => may !== false),
        'Link.publish, outbox and encode',
      )
      if (may !== 'anyone') return
      publish(bench, channels[2], 'without joining', 'at-most-once').catch(() => {})
      await until(() => server.received.length > 0, 'the publish arrives')
      assertEqual(server.joined(channels[2]), 0, 'members')
    },
  },
]
