import { describe, expect, it } from 'vitest'
import { createBatch, createDecoder, encode, type Packet } from '../codec.ts'

const publish = (size: number): Packet => ({
  type: 'publish',
  topic: 'a',
  payload: new Uint8Array(size).fill(7),
  qos: 0,
  retain: false,
  dup: false,
  id: 0,
  properties: undefined,
})

function setup() {
  const writes: Uint8Array[] = []
  return { writes, batch: createBatch((bytes) => writes.push(bytes)) }
}

describe('createBatch', () => {
  it('hands everything of one microtask over as one write', async () => {
    const { batch, writes } = setup()
    batch.add({ type: 'pingreq' }, 4)
    batch.add(publish(1), 4)
    expect(writes).toEqual([])
    await undefined
    expect(writes).toEqual([Uint8Array.of(0xc0, 0, ...encode(publish(1), 4))])
    batch.add({ type: 'pingreq' }, 4)
    await undefined
    expect(writes).toHaveLength(2)
  })

  it('hands over 64 KiB at most, a longer packet in pieces', async () => {
    const { batch, writes } = setup()
    for (let count = 0; count < 100; count++) batch.add(publish(1000), 4)
    batch.add(publish(100_000), 4)
    for (let count = 0; count < 100; count++) batch.add(publish(1000), 4)
    await undefined
    const sizes = writes.map(({ length }) => length)
    expect(Math.max(...sizes)).toBe(65_536)
    expect(writes.length).toBeLessThan(20)
    const packets: Packet[] = []
    const decoder = createDecoder({ role: 'client', packet: (packet) => packets.push(packet) })
    for (const write of writes) decoder.push(write)
    expect(packets).toHaveLength(201)
  })

  it('never writes again where it has handed over', async () => {
    const { batch, writes } = setup()
    const copies: Uint8Array[] = []
    for (let round = 0; round < 200; round++) {
      batch.add(publish(round * 20), 4)
      await undefined
      copies.push((writes.at(-1) as Uint8Array).slice())
    }
    expect(writes).toEqual(copies)
  })

  it('hands over at once when asked', () => {
    const { batch, writes } = setup()
    batch.add({ type: 'pingreq' }, 4)
    batch.flush()
    batch.flush()
    expect(writes).toHaveLength(1)
  })

  it('drops nothing but the packet that cannot be written', async () => {
    const { batch, writes } = setup()
    batch.add({ type: 'pingreq' }, 4)
    expect(() => batch.add({ type: 'unsubscribe', id: 1, filters: ['\0'] }, 4)).toThrow('U+0000')
    batch.add({ type: 'pingreq' }, 4)
    await undefined
    expect(writes).toEqual([Uint8Array.of(0xc0, 0, 0xc0, 0)])
  })
})
