import type { RealtimeError } from './errors.ts'
import { fault } from './fault.ts'

/** Default (NaN for one that must be given), least and most of one number: unless said, 0 and a day. */
export type Range = readonly [fallback: number, least?: number, most?: number]

const DAY = 86_400_000

/** Every number a user can set, in groups named like the options. */
export const ranges = {
  backoff: {
    baseMs: [500, 1],
    factor: [2, 1, 100],
    capMs: [20_000, 1],
    floorMs: [50],
    firstMs: [1000],
    jitter: [1, 0, 1],
    stableMs: [5000],
    maxAttempts: [Infinity, 0, Infinity],
    maxElapsedMs: [Infinity, 0, Infinity],
  },
  connection: {
    dialMs: [10_000, 1],
    handshakeMs: [10_000, 1],
    probeMs: [2000, 1],
    minDialGapMs: [1000],
    idleCloseMs: [5000],
  },
  heartbeat: {
    receiveIdleMs: [25_000, 1],
    answerMs: [5000, 1],
    sendIdleMs: [Infinity, 1, Infinity],
  },
  outbox: {
    messages: [256, 0, Infinity],
    bytes: [1_048_576, 0, Infinity],
    ttlMs: [30_000, 0, Infinity],
    highWaterBytes: [1_048_576, 1, Infinity],
    lowWaterBytes: [262_144, 0, Infinity],
  },
  subscribe: {
    inFlight: [20, 1, Infinity],
    joinMs: [10_000, 1],
    lingerMs: [1000],
  },
  'subscribe.rate': {
    count: [NaN, 1, Infinity],
    perMs: [NaN, 1],
  },
  hidden: {
    pauseAfterMs: [0],
    closeAfterMs: [0],
  },
  '': {
    traceLimit: [200, 0, 1e6],
  },
  publish: {
    ttlMs: [0, 0, Infinity],
  },
  rate: {
    everyMs: [NaN, 1],
    max: [1000, 1, Infinity],
  },
  events: {
    buffer: [1000, 0, Infinity],
  },
  gap: {
    maxEvents: [1000, 0, Infinity],
    timeoutMs: [10_000, 1],
  },
} as const satisfies Record<string, Record<string, Range>>

type Ranges = typeof ranges

/** Fills in defaults; a number outside its range is refused by name. */
export function numbers<G extends keyof Ranges>(
  group: G,
  given: { readonly [K in keyof Ranges[G]]?: unknown } = {},
): { readonly [K in keyof Ranges[G]]: number } {
  const filled: Record<string, number> = {}
  for (const [name, [fallback, least = 0, most = DAY]] of Object.entries<Range>(ranges[group])) {
    const { [name]: value = fallback } = given as Record<string, unknown>
    if (typeof value !== 'number' || !(value >= least && value <= most))
      throw invalid(group ? `${group}.${name}` : name, `a number from ${least} to ${most}`, value)
    filled[name] = value
  }
  return filled as never
}

/** One of a few words, or a refusal that names them. */
export function oneOf<T extends string>(
  option: string,
  value: T | undefined,
  words: readonly [T, ...T[]],
): T {
  if (value === undefined) return words[0]
  if (!words.includes(value)) throw invalid(option, `one of ${words.join(', ')}`, value)
  return value
}

/** A single number of a binding, whose default is where it is used. */
export function atLeast(option: string, value: number, least: number): number {
  if (value >= least) return value
  throw invalid(option, `a number from ${least}`, value)
}

export const invalid = (option: string, expected: string, value?: unknown): RealtimeError<'option.invalid'> =>
  fault('option.invalid', { option, expected, value })
