import type { Cancel, Clock } from './clock.ts'
import type { Message } from './message.ts'
import type { Meta } from './protocol.ts'

/** Lets a listener see fewer messages than arrive, without ever losing the last one. */
export interface Rate<M extends Meta = Meta> {
  /** At most one call per key in this time: the first message at once, then at the end of each window. */
  readonly everyMs: number
  /** The newest message of the window, or all of them as one array. */
  readonly keep: 'latest' | 'all'
  /** What counts as one series. From `meta` nothing is decoded; from the payload everything is. */
  readonly key?: ((meta: M) => string) | { readonly payload: (payload: never) => string }
  /** With `keep: 'all'`: how many messages of a window are kept, the newest. @default 1000 */
  readonly max?: number
}

/** Gets the messages of one window: a single one with `latest`. */
export type Deliver = (messages: readonly Message[], lost: number) => void

export interface Gate {
  take(message: Message): void
  /** Hands over what waits, at once. */
  flush(): void
  close(): void
}

interface Series {
  readonly endsAt: number
  messages: Message[]
  lost: number
}

/** Leading and trailing, per key. One timer serves all keys. */
export function createGate(rate: Rate, clock: Clock, deliver: Deliver): Gate {
  const { everyMs, keep, key } = rate
  const most = keep === 'all' ? (rate.max ?? 1000) : 1
  const series = new Map<string, Series>()
  let cancel: Cancel | undefined

  const keyOf = (message: Message): string =>
    typeof key === 'function' ? key(message.meta) : key ? key.payload(message.decoded() as never) : ''

  /** Windows end in the order they began, so the first of the map is always the next to end. */
  const arm = (): void => {
    const [next] = series.values()
    if (next) cancel ??= clock.after(Math.max(0, next.endsAt - clock.now()), tick)
  }

  const open = (name: string): void => {
    series.set(name, { endsAt: clock.now() + everyMs, messages: [], lost: 0 })
  }

  const tick = (): void => {
    cancel = undefined
    const now = clock.now()
    for (const [name, { endsAt, messages, lost }] of series) {
      if (endsAt > now) break
      series.delete(name)
      if (!messages.length) continue
      open(name)
      deliver(messages, lost)
    }
    arm()
  }

  return {
    take(message) {
      const name = keyOf(message)
      const running = series.get(name)
      if (!running) {
        open(name)
        arm()
        return deliver([message], 0)
      }
      message.keep()
      running.messages.push(message)
      if (running.messages.length > most) {
        running.messages.shift()
        running.lost++
      }
    },
    flush() {
      for (const [name, { messages, lost }] of series) {
        series.delete(name)
        if (messages.length) deliver(messages, lost)
      }
    },
    close() {
      cancel?.()
      series.clear()
    },
  }
}
