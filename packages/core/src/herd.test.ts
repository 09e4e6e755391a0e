import {
  createFakeClock,
  createFakeSignals,
  createMemoryTransport,
  type MemoryPeer,
} from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { defaultBackoff } from './backoff.ts'
import { createClient } from './client.ts'
import type { Clock } from './clock.ts'
import { createRetry } from './retry.ts'
import { serve, testProtocol } from './test-setup.ts'

const OUTAGE_MS = 60_000
const WINDOW_MS = 100
const MIN_DIAL_GAP_MS = 1000

interface Herd {
  /** The largest share of clients that dial within one window, before and after the server is back. */
  readonly onset: number
  readonly peak: number
  /** How long after the end of the outage half of them are connected. */
  readonly medianMs: number
  readonly longestMs: number
}

function summarise(dials: readonly number[], clients: number): Herd {
  const share = (times: readonly number[]): number => {
    const counts = new Map<number, number>()
    for (const time of times) {
      const window = Math.floor(time / WINDOW_MS)
      counts.set(window, (counts.get(window) ?? 0) + 1)
    }
    return Math.max(0, ...counts.values()) / clients
  }
  const after = dials.filter((time) => time >= OUTAGE_MS).sort((a, b) => a - b)
  return {
    onset: share(dials.filter((time) => time < 2000)),
    peak: share(after),
    medianMs: (after[Math.floor(after.length / 2)] ?? Infinity) - OUTAGE_MS,
    longestMs: (after.at(-1) ?? Infinity) - OUTAGE_MS,
  }
}

/** Every client was stable, loses its connection at 0, and is refused at once until the outage is over. */
function simulate(clients: number, seed: number): Herd {
  const { random } = createFakeClock({ seed })
  const dials: number[] = []
  for (let client = 0; client < clients; client++) {
    let now = 0
    const clock: Clock = { now: () => now, date: () => now, random, after: () => () => {} }
    const retry = createRetry(defaultBackoff, clock)
    let delay = retry.failed('retry', Infinity, false) ?? Infinity
    while (now < OUTAGE_MS) {
      now += delay
      dials.push(now)
      delay = Math.max(MIN_DIAL_GAP_MS, retry.failed('retry', -1, false) ?? Infinity)
    }
  }
  return summarise(dials, clients)
}

describe('herd', () => {
  it('of 10,000 clients spreads over 20 seeds as budgeted after an outage of 60 s (edge 24)', () => {
    const herds = Array.from({ length: 20 }, (_, index) => simulate(10_000, index + 1))
    const peaks = herds.map(({ peak }) => peak)
    const mean = peaks.reduce((sum, peak) => sum + peak, 0) / peaks.length
    expect(mean).toBeLessThanOrEqual(0.014)
    expect(Math.max(...peaks)).toBeLessThanOrEqual(0.016)
    expect(Math.max(...herds.map(({ medianMs }) => medianMs))).toBeLessThanOrEqual(6500)
    expect(Math.max(...herds.map(({ onset }) => onset))).toBeLessThanOrEqual(0.12)
    expect(Math.max(...herds.map(({ longestMs }) => longestMs))).toBeLessThanOrEqual(20_000)
  })

  it('of 200 real clients behaves as the simulation says (edge 24)', async () => {
    const clock = createFakeClock({ seed: 3 })
    const transport = createMemoryTransport()
    const signals = createFakeSignals()
    const dials: number[] = []
    let isUp = true
    transport.onDial((peer: MemoryPeer) => {
      if (clock.now() > 10_000) dials.push(clock.now() - 10_000)
      if (isUp) serve(peer)
      else peer.refuse()
    })
    const clients = Array.from({ length: 200 }, () =>
      createClient({ protocol: testProtocol(), url: 'wss://far.example', clock, transport, signals }),
    )
    await Promise.all(clients.map((client) => client.connect()))
    await clock.advance(10_000)
    isUp = false
    for (const peer of transport.open) peer.drop()
    await clock.advance(OUTAGE_MS)
    isUp = true
    await clock.advance(20_000)
    const real = summarise(dials, clients.length)
    const model = simulate(clients.length, 3)
    expect(clients.map((client) => client.status.get().status)).toEqual(clients.map(() => 'connected'))
    expect(real.peak).toBeLessThan(0.05)
    expect(model.peak).toBeLessThan(0.05)
    expect(Math.abs(real.medianMs - model.medianMs)).toBeLessThan(2000)
    await Promise.all(clients.map((client) => client.close()))
    expect(clock.pending).toEqual([])
  })
})
