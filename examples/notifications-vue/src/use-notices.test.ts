import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { toTime, useNotices } from './use-notices.ts'

function setup() {
  const scope = effectScope()
  const notices = scope.run(() => useNotices())
  if (!notices) throw new Error('The scope is over')
  return { ...notices, scope }
}

describe('useNotices()', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('scenario 8: gives a hundred notices of one millisecond ids of their own, the newest first', () => {
    const { list, add } = setup()
    for (let n = 0; n < 100; n++) add('booking', `${n}`)
    expect(new Set(list.value.map(({ id }) => id)).size).toBe(100)
    expect(list.value.map(({ text }) => text)).toEqual(Array.from({ length: 100 }, (_, n) => `${99 - n}`))
    vi.advanceTimersByTime(4999)
    expect(list.value).toHaveLength(100)
    vi.advanceTimersByTime(1)
    expect(list.value).toEqual([])
  })

  it('scenario 8: dismisses that one alone', () => {
    const { list, add, dismiss } = setup()
    for (const text of ['a', 'b', 'c']) add('system', text)
    dismiss(list.value[1]?.id ?? '')
    expect(list.value.map(({ text }) => text)).toEqual(['c', 'a'])
  })

  it('leaves no timer when its scope ends', () => {
    const { add, scope } = setup()
    add('payment', 'a')
    scope.stop()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('toTime()', () => {
  it('writes the time as in Indonesia', () => {
    expect(toTime(new Date(2026, 0, 2, 14, 5, 9))).toBe('14.05.09')
  })
})
