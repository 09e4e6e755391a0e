import type { Clock } from '../clock.ts'

export interface ThrottleOptions<T> {
  /** Milliseconds from one publish to the next. */
  readonly everyMs: number
  /** Values of different keys do not replace each other. @default one key for all */
  readonly key?: (payload: T) => string
  /** `latest`: the last value of each key. `all`: every value, together in batches. @default 'latest' */
  readonly keep?: 'latest' | 'all'
  /** Hears what could not be published. @default a warning of the process */
  readonly onError?: (error: unknown) => void
}

/** Publishes no more often than it may; the last value always goes out. */
export interface Throttled<T> {
  (payload: T): void
  /** Publishes what waits, and resolves when all has been. */
  flush(): Promise<void>
}

interface ThrottleNeeds<T> {
  readonly clock: Clock
  readonly publish: (payloads: readonly T[]) => Promise<void>
  /** @default 10000 */
  readonly mostWaiting?: number
}

/** How many values wait. */
interface Waiting {
  readonly waiting: () => number
}

/** More wait only while the server takes nothing; the oldest give way. */
const MOST_WAITING = 10_000

/** At once, and then every `everyMs` for as long as there is something; while a publish is on its way the next waits. */
export function createThrottle<T>(
  { everyMs, key = () => '', keep = 'latest', onError = warn }: ThrottleOptions<T>,
  { clock, publish, mostWaiting = MOST_WAITING }: ThrottleNeeds<T>,
): Throttled<T> & Waiting {
  let waiting = new Map<unknown, T>()
  let cancel: (() => void) | undefined
  let sending: Promise<void> | undefined

  const next = (): void => {
    if (waiting.size === 0 || cancel || sending) return
    const payloads = [...waiting.values()]
    waiting = new Map()
    cancel = clock.after(everyMs, () => {
      cancel = undefined
      next()
    })
    sending = publish(payloads)
      .catch(onError)
      .finally(() => {
        sending = undefined
        next()
      })
  }

  /** The next value goes out at once. */
  const open = (): void => {
    cancel?.()
    cancel = undefined
  }

  const add = (payload: T): void => {
    const name = keep === 'all' ? Symbol('each') : key(payload)
    waiting.delete(name)
    waiting.set(name, payload)
    if (waiting.size > mostWaiting) {
      waiting.delete(waiting.keys().next().value)
      onError(new Error(`A value was left out, because ${mostWaiting} wait already`))
    }
    next()
  }

  const flush = async (): Promise<void> => {
    do {
      open()
      next()
      await sending
    } while (waiting.size > 0 || sending)
    open()
  }

  return Object.assign(add, { flush, waiting: () => waiting.size })
}

const warn = (error: unknown): void =>
  process.emitWarning(error instanceof Error ? error.message : String(error), { type: 'RealtimePublisher' })
