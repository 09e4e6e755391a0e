import { describe, expect, it } from 'vitest'
import { indexedDbStore } from './indexeddb.ts'

let count = 0
const name = (): string => `mqtt-test-${++count}`

describe('indexedDbStore', () => {
  it('gives back what was put and not deleted, also to the next page', async () => {
    const database = name()
    const store = indexedDbStore(database)
    expect([...(await store.load())]).toEqual([])
    // Not awaited one by one: they are carried out in their order.
    await Promise.all([
      store.put('a', Uint8Array.of(1, 0, 255)),
      store.put('b', new Uint8Array(0)),
      store.put('ä', Uint8Array.of(2)),
      store.delete('b'),
      store.put('a', Uint8Array.of(3)),
      store.delete('c'),
    ])
    const next = [...(await indexedDbStore(database).load())]
    expect(next.map(([key, value]) => [key, [...value]]).sort()).toEqual([
      ['a', [3]],
      ['ä', [2]],
    ])
  })

  it('rejects where there is no room to write', async () => {
    const store = indexedDbStore(name())
    await expect(store.put('a', (() => {}) as unknown as Uint8Array)).rejects.toBeInstanceOf(Error)
  })
})
