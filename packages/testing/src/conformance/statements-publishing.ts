import type { Receipt } from '@org/realtime-core'
import type { Delivery } from '@org/realtime-core/kit'
import { assert, assertEqual } from './assert.ts'
import type { ProtocolBench, ProtocolStatement } from './bench.ts'

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

/** The payloads at the far end, without those it had already. */
const taken = async ({ server }: ProtocolBench): Promise<unknown[]> =>
  (await server.received()).filter(({ duplicate }) => !duplicate).map(({ payload }) => payload)

const untilTaken = ({ until, server }: ProtocolBench, count: number): Promise<void> =>
  until(async () => (await server.received()).length >= count, 'all publishes arrive')

const publishes = ({ rig }: ProtocolBench): boolean => rig.protocol.capabilities.publish !== false

/** Publishing, for protocols that can. */
export const publishingStatements: readonly ProtocolStatement[] = [
  {
    name: 'brings publishes to the far end as they were meant, and settles each',
    async run(bench) {
      if (!publishes(bench)) return
      const { join, channels, event, server } = bench
      await join(...channels)
      const payloads = ['text', 7, null, true, ['ä€😀', {}], { deep: { empty: '', list: [] } }]
      const receipts = payloads.map((payload) => publish(bench, channels[1], payload, 'at-most-once'))
      await untilTaken(bench, payloads.length)
      assertEqual(
        (await server.received()).map((received) => [received.channel, received.event, received.payload]),
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
      const { rig, join, server, client, channels, event } = bench
      const names = rig.names ?? [[channels[0], event] as const]
      await join(...new Set(names.map(([channel]) => channel)))
      for (const [channel, name] of names) client.untyped(channel).publish(name, 1)
      await untilTaken(bench, names.length)
      assertEqual(
        (await server.received()).map((received) => [received.channel, received.event]),
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
      await server.withhold()
      const outcomes: Record<string, string> = {}
      const send = (payload: string): void => {
        publish(bench, channels[0], payload, strongest(bench)).then(({ outcome }) => {
          outcomes[payload] = outcome
        })
      }
      send('x')
      await untilTaken(bench, 1)
      await settled()
      if (!rig.protocol.capabilities.ack) return assertEqual(outcomes, { x: 'sent' }, 'outcome')
      assertEqual(outcomes, {}, 'outcomes before the acknowledgement')
      await server.release()
      send('y')
      await until(() => 'y' in outcomes, 'the second publish settles')
      assertEqual(outcomes['y'], 'acknowledged', 'outcome')
    },
  },
  {
    name: 'settles every publish exactly once across a lost session, and the far end has each once',
    async run(bench) {
      if (!publishes(bench)) return
      const { join, interrupt, until, channels, server, settled } = bench
      await join(channels[0])
      const delivery = strongest(bench)
      const outcomes: string[] = []
      const send = (payload: number): void => {
        publish(bench, channels[0], payload, delivery).then((receipt) =>
          outcomes.push(`${payload} ${receipt.outcome}`),
        )
      }
      await server.withhold()
      send(1)
      send(2)
      await untilTaken(bench, 2)
      await interrupt(async () => {
        await server.release()
        send(3)
        send(4)
      })
      await until(async () => outcomes.length === 4 && (await taken(bench)).length >= 4, 'all settle')
      await settled()
      const outcome = bench.rig.protocol.capabilities.ack ? 'acknowledged' : 'sent'
      assertEqual(
        [...outcomes].sort(),
        [1, 2, 3, 4].map((payload) => `${payload} ${outcome}`),
        'outcomes',
      )
      assertEqual(await taken(bench), [1, 2, 3, 4], 'payloads at the far end')
    },
  },
  {
    name: 'sends again under the same id',
    async run(bench) {
      if (!publishes(bench) || !bench.rig.protocol.capabilities.ack) return
      const { join, interrupt, until, channels, server } = bench
      await join(channels[0])
      await server.withhold()
      let isSettled = false
      publish(bench, channels[0], 'x', strongest(bench)).then(() => {
        isSettled = true
      })
      await untilTaken(bench, 1)
      await interrupt(() => server.release())
      await until(() => isSettled, 'the publish settles')
      const [first, ...again] = await server.received()
      assert(first?.id !== undefined, 'The far end got no id with a publish that it acknowledges')
      assert(again.length > 0, 'The publish was not sent again')
      for (const { id, payload } of again) assertEqual([id, payload], [first.id, 'x'], 'what was sent again')
    },
  },
  {
    name: 'sends nothing of one identity under the next',
    async run(bench) {
      if (!publishes(bench)) return
      const { client, join, holdDials, until, untilJoined, channels, server, spy, settled } = bench
      await join(channels[0])
      await server.withhold()
      publish(bench, channels[0], 'secret', strongest(bench)).catch(() => {})
      await untilTaken(bench, 1)
      const letDial = holdDials()
      client.reauthenticate({ newIdentity: true })
      await server.release()
      letDial()
      await until(() => spy.links.length === 2, 'the other identity connects')
      await untilJoined(channels[0])
      await settled()
      const [, ...later] = await server.received()
      assertEqual(later, [], 'sent under the next identity')
    },
  },
  {
    name: 'lets those publish whom it says may publish',
    async run(bench) {
      const { rig, connect, channels, server, spy } = bench
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
      await untilTaken(bench, 1)
      assertEqual(await server.joined(channels[2]), 0, 'members')
    },
  },
]
