import { describe, expect, it } from 'vitest'
import { Rates } from './rates.ts'

describe('Rates', () => {
  it('sums whole seconds, and forgets those of more than a minute ago', () => {
    const rates = new Rates()
    rates.add('in', 100_000, 10)
    rates.add('in', 100_999, 20)
    rates.add('in', 101_000, 5)
    rates.add('out', 100_000, 1)
    expect(rates.past('in', 101_500).at(-1)).toMatchObject({ frames: 2, bytes: 30 })
    expect(rates.past('in', 102_000).slice(-2)).toMatchObject([{ frames: 2 }, { frames: 1, bytes: 5 }])
    expect(rates.past('out', 102_000).slice(-2)).toMatchObject([{ frames: 1 }, { frames: 0 }])
    expect(rates.past('in', 160_000)[0]).toMatchObject({ frames: 2 })
    expect(rates.past('in', 162_000).every(({ frames }) => frames === 0)).toBe(true)
  })
})
