import { describe, expect, it } from 'vitest'
import { createStore } from './store.ts'

function setup() {
  const errors: unknown[] = []
  const store = createStore(0, (error) => errors.push(error))
  const log: string[] = []
  const watch = (name: string, act: (value: number) => void = () => {}) =>
    store.subscribe((value) => {
      log.push(`${name} ${value}`)
      act(value)
    })
  return { store, log, watch, errors }
}

describe('createStore', () => {
  it('has its value before anybody listens, and tells only changes', () => {
    const { store, log, watch } = setup()
    watch('a')
    expect(store.get()).toBe(0)
    expect(log).toEqual([])
    store.set(1)
    expect(store.get()).toBe(1)
    expect(log).toEqual(['a 1'])
  })

  it.each([0, -0, NaN])('compares %d like Object.is', (value) => {
    const told: number[] = []
    const store = createStore(value, () => {})
    store.subscribe((next) => told.push(next))
    store.set(value)
    expect(told).toEqual([])
  })

  it('returns the same snapshot until it changes', () => {
    const first = { n: 1 }
    const store = createStore(first, () => {})
    expect(store.get()).toBe(store.get())
    store.set({ n: 1 })
    expect(store.get()).not.toBe(first)
  })

  it('tells listeners in one order when one of them sets it (edge 86)', () => {
    const { store, log, watch } = setup()
    watch('a', (value) => value < 3 && store.set(value + 1))
    watch('b')
    store.set(1)
    expect(log).toEqual(['a 1', 'b 1', 'a 2', 'b 2', 'a 3', 'b 3'])
    expect(store.get()).toBe(3)
  })

  it('shows the newest value while an older one is told', () => {
    const { store, watch } = setup()
    const seen: number[] = []
    watch('a', (value) => value === 1 && store.set(2))
    watch('b', () => seen.push(store.get()))
    store.set(1)
    expect(seen).toEqual([2, 2])
  })

  it('tells nothing to a listener that was removed, also in between', () => {
    const { store, log, watch } = setup()
    watch('a', (value) => {
      if (value !== 1) return
      removeB()
      store.set(2)
    })
    const removeB = watch('b')
    store.set(1)
    expect(log).toEqual(['a 1', 'a 2'])
  })

  it('reports a listener that throws and tells the others (edge 83)', () => {
    const { store, log, watch, errors } = setup()
    const error = new Error('mine')
    watch('a', () => {
      throw error
    })
    watch('b')
    store.set(1)
    store.set(2)
    expect(log).toEqual(['a 1', 'b 1', 'a 2', 'b 2'])
    expect(errors).toEqual([error, error])
  })
})
