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
  /** How long after the server was back each client was connected. */
  readonly reconnectMs: readonly number[]
  readonly dialsPerClient: number
  readonly gaveUp: number
}

const WINDOW_MS = 100

export function measure(dials: Dials): Herd {
  const reconnectMs = dials.flatMap((own) => own.filter(isBack).map((at) => at - SERVER_BACK_MS))
  return {
    onsetPeak: peak(dials, (at) => !isBack(at)) / dials.length,
    returnPeak: peak(dials, isBack) / dials.length,
    reconnectMs,
    dialsPerClient: dials.reduce((total, { length }) => total + length, 0) / dials.length,
    gaveUp: dials.length - reconnectMs.length,
  }
}

const isBack = (at: number): boolean => at >= SERVER_BACK_MS

/** The most clients that dialled within any window, wherever it starts. */
function peak(dials: Dials, isCounted: (at: number) => boolean): number {
  const { length } = dials
  const times = dials.flatMap((own, client) => own.filter(isCounted).map((at) => toKey(at, client, length)))
  const sorted = Float64Array.from(times).sort()
  const inWindow = new Uint16Array(length)
  let clients = 0
  let most = 0
  let first = 0
  for (const key of sorted) {
    while (timeOf(key, length) - timeOf(sorted[first] as number, length) >= WINDOW_MS) {
      const gone = (sorted[first++] as number) % length
      inWindow[gone] = (inWindow[gone] as number) - 1
      if (!inWindow[gone]) clients--
    }
    const client = key % length
    if (!inWindow[client]) clients++
    inWindow[client] = (inWindow[client] as number) + 1
    most = Math.max(most, clients)
  }
  return most
}

/** Time in microseconds and client in one number, because plain numbers sort fastest. */
function toKey(at: number, client: number, clients: number): number {
  return Math.round(at * 1000) * clients + client
}

function timeOf(key: number, clients: number): number {
  return Math.floor(key / clients) / 1000
}
