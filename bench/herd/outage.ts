import { createFakeClock, type FakeClock } from '@org/realtime-testing'

/** From the moment at which every client loses its connection. */
export const SERVER_BACK_MS = 60_000

/** Who is not back by then counts as lost. */
export const END_MS = 600_000

export type Random = FakeClock['random']

/** The same numbers for the same seed. */
export const seededRandom = (seed: number): Random => createFakeClock({ seed }).random

/** When each client dialled, in ms since the drop. The dial at or after `SERVER_BACK_MS` is its last. */
export type Dials = readonly (readonly number[])[]

export interface Herd {
  /** The largest shares of all clients that dialled within one window, while the server was away and after. */
  readonly onsetPeak: number
  readonly returnPeak: number
  /** How long after the server was back each client was connected, shortest first. */
  readonly reconnectMs: readonly number[]
  readonly dialsPerClient: number
  readonly gaveUp: number
}

const WINDOW_MS = 100

export function measure(dials: Dials): Herd {
  const all = dials.flat().sort((a, b) => a - b)
  const back = all.filter((at) => at >= SERVER_BACK_MS)
  return {
    onsetPeak: peak(all.slice(0, -back.length || undefined)) / dials.length,
    returnPeak: peak(back) / dials.length,
    reconnectMs: back.map((at) => at - SERVER_BACK_MS),
    dialsPerClient: all.length / dials.length,
    gaveUp: dials.length - back.length,
  }
}

/** The most dials within any window, wherever it starts. */
function peak(sorted: readonly number[]): number {
  let most = 0
  let first = 0
  for (const [last, at] of sorted.entries()) {
    while (at - (sorted[first] as number) >= WINDOW_MS) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
