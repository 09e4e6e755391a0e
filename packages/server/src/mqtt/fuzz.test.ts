import { encode, type Level, type Packet } from '@org/realtime-mqtt/codec'
import { settled } from '@org/realtime-testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes, setupMqtt, shown, toConnect, toPublish, toSubscribe } from './mqtt-test-setup.ts'

const level = fc.constantFrom<Level>(3, 4, 5)

/** Packets that clients send, and some that they never do. */
const packets = (of: Level): readonly Packet[] => [
  toConnect({ level: of, clientId: 'c', will: { topic: 'w', payload: bytes('x'), qos: 1, retain: false } }),
  toPublish('a/b', 'text', { qos: 1, id: 1 }),
  toPublish('a/b', 'text', { qos: 2, id: 2 }),
  { type: 'pubrel', id: 2, code: 0 },
  { type: 'puback', id: 1, code: 0 },
  { type: 'pubrec', id: 3, code: 0 },
  toSubscribe('a/#', 2),
  { type: 'unsubscribe', id: 4, filters: ['a/#'] },
  { type: 'pingreq' },
  { type: 'pingresp' },
  { type: 'disconnect', code: 0 },
  { type: 'suback', id: 1, codes: [0] },
]

const streams = fc.record({
  level,
  order: fc.array(fc.nat({ max: 11 }), { maxLength: 12 }),
  flips: fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 255 })), { maxLength: 3 }),
  cuts: fc.array(fc.nat({ max: 400 }), { maxLength: 8 }),
})

describe('hostile clients', () => {
  it('are refused on their connection alone, whatever bytes they send in whatever pieces', async () => {
    const { connect, dial, crashes, publishMqtt } = setupMqtt({ mqtt: { packetBytes: 4096 } })
    const witness = await connect({ clientId: 'witness' })
    await witness.say(toSubscribe('fine', 1))
    let count = 0
    await fc.assert(
      fc.asyncProperty(streams, async ({ level: of, order, flips, cuts }) => {
        const all = [0, ...order].map((index) => encode(packets(of)[index] as Packet, of))
        const stream = Buffer.concat(all)
        for (const [at, byte] of flips) if (at < stream.length) stream[at] = byte
        const places = [0, ...cuts.filter((at) => at < stream.length).sort((a, b) => a - b), stream.length]
        const unread: unknown[] = []
        const guest = dial(of, { unreadable: (error) => unread.push(error) })
        for (const [index, from] of places.slice(0, -1).entries()) {
          // What the broker answers is read by a strict decoder.
          await guest.say(stream.subarray(from, places[index + 1]))
        }
        await guest.drop()
        await publishMqtt('fine', `${++count}`, { qos: 1 })
        const heard = witness.take()
        expect(shown(heard)).toEqual([`fine ${count}`])
        const [publish] = heard
        await witness.say({ type: 'puback', id: publish?.type === 'publish' ? publish.id : 0, code: 0 })
        expect(crashes).toEqual([])
        // Who says that it is of another level is answered at that level.
        if (flips.every(([at]) => at >= (all[0]?.length ?? 0))) expect(unread).toEqual([])
      }),
      { numRuns: 300, examples: [[{ level: 5, order: [0], flips: [[26, 0]], cuts: [] }]] },
    )
  })

  it('of noise are refused before they are let in', async () => {
    const { dial, crashes, connections } = setupMqtt()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 5 }),
        async (chunks) => {
          const guest = dial(4)
          for (const chunk of chunks) await guest.say(chunk)
          await guest.drop()
          expect([crashes, connections()]).toEqual([[], []])
        },
      ),
      { numRuns: 300 },
    )
  })

  it('cannot make it hold more than a packet, a length without an end, or endless packets of nothing', async () => {
    const { connect, dial } = setupMqtt({ mqtt: { packetBytes: 100 } })
    const early = dial()
    await early.say(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f))
    expect(early.end).toBe(1008)
    const guest = await connect()
    expect(await guest.say(Uint8Array.of(0x30, 0xff, 0x01))).toMatchObject([
      { type: 'disconnect', code: 0x95 },
    ])
    const other = await connect()
    expect(await other.say(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff))).toMatchObject([
      { type: 'disconnect', code: 0x81 },
    ])
    await settled()
  })
})
