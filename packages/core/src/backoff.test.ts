import { createFakeClock } from '@org/realtime-testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Backoff, backoffDelay, defaultBackoff, firstDelay } from './backoff.ts'

const attempts = Array.from({ length: 10 }, (_, index) => index + 1)
const windowOf = (attempt: number): number => Math.min(20_000, 500 * 2 ** (attempt - 1))

/** Counts samples in equal bins and compares them with even ones; 99.9 % of even spreads stay below 44 (19 degrees). */
function chiSquare(samples: readonly number[], least: number, most: number): number {
  const bins = Array.from({ length: 20 }, () => 0)
  for (const sample of samples) {
    const bin = Math.min(19, Math.floor(((sample - least) / (most - least)) * 20))
    bins[bin] = (bins[bin] ?? 0) + 1
  }
  const even = samples.length / 20
  return bins.reduce((sum, count) => sum + (count - even) ** 2 / even, 0)
}

const draw = (count: number, next: (random: () => number) => number, seed = 7): number[] => {
  const { random } = createFakeClock({ seed })
  return Array.from({ length: count }, () => next(random))
}

describe('backoffDelay', () => {
  it.each(attempts)('spreads delay %i evenly from the floor to its window (edge 15)', (attempt) => {
    const delays = draw(20_000, (random) => backoffDelay(defaultBackoff, attempt, random))
    const most = windowOf(attempt)
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(50)
    expect(Math.max(...delays)).toBeLessThan(most)
    expect(chiSquare(delays, 50, most)).toBeLessThan(44)
  })

  it('doubles the window with each failure up to the cap', () => {
    const widest = attempts.map((attempt) =>
      Math.round(backoffDelay(defaultBackoff, attempt, () => 1 - 1e-12)),
    )
    expect(widest).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000, 20_000])
  })

  it.each([32, 1000, 1e9, Number.MAX_SAFE_INTEGER, Infinity])(
    'stays within the cap at attempt %d (edge 16)',
    (attempt) => {
      const delays = [0, 0.5, 1 - 1e-12].map((chance) => backoffDelay(defaultBackoff, attempt, () => chance))
      expect(delays.map(Math.round)).toEqual([50, 10_025, 20_000])
    },
  )

  it('asks for chance anew each time', () => {
    const delays = draw(100, (random) => backoffDelay(defaultBackoff, 7, random))
    expect(new Set(delays).size).toBe(100)
  })

  it('leaves to chance only the share that `jitter` says', () => {
    const half = { ...defaultBackoff, jitter: 0.5 }
    const delays = draw(10_000, (random) => backoffDelay(half, 4, random))
    expect(chiSquare(delays, 2000, 4000)).toBeLessThan(44)
  })

  it('is fixed without jitter', () => {
    const fixed = { ...defaultBackoff, jitter: 0 }
    expect(draw(3, (random) => backoffDelay(fixed, 3, random))).toEqual([2000, 2000, 2000])
  })

  it('waits for the whole of a window that is shorter than the floor', () => {
    const short = { ...defaultBackoff, baseMs: 10, floorMs: 50 }
    expect(backoffDelay(short, 1, () => 0.5)).toBe(10)
  })

  it('is a finite number between 0 and the cap for every setting that is allowed', () => {
    const settings: fc.Arbitrary<Backoff> = fc.record({
      baseMs: fc.double({ min: 1, max: 86_400_000, noNaN: true }),
      factor: fc.double({ min: 1, max: 100, noNaN: true }),
      capMs: fc.double({ min: 1, max: 86_400_000, noNaN: true }),
      floorMs: fc.double({ min: 0, max: 86_400_000, noNaN: true }),
      firstMs: fc.double({ min: 0, max: 86_400_000, noNaN: true }),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
      stableMs: fc.constant(5000),
      maxAttempts: fc.constant(Infinity),
      maxElapsedMs: fc.constant(Infinity),
    })
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    const check = (backoff: Backoff, attempt: number, random: number): void => {
      const delay = backoffDelay(backoff, attempt, () => random)
      expect(delay).toBeGreaterThanOrEqual(0)
      expect(delay).toBeLessThanOrEqual(backoff.capMs)
      expect(firstDelay(backoff, () => random)).toBeLessThanOrEqual(backoff.firstMs)
    }
    fc.assert(fc.property(settings, fc.integer({ min: 1, max: 2 ** 31 }), chance, check), {
      seed: 1,
      numRuns: 500,
    })
  })
})

describe('firstDelay', () => {
  it('spreads the first try after a stable connection evenly over its own window', () => {
    const delays = draw(20_000, (random) => firstDelay(defaultBackoff, random))
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(50)
    expect(Math.max(...delays)).toBeLessThan(1000)
    expect(chiSquare(delays, 50, 1000)).toBeLessThan(44)
  })

  it('is nothing when the window is', () => {
    expect(firstDelay({ ...defaultBackoff, firstMs: 0 }, () => 0.9)).toBe(0)
  })
})
