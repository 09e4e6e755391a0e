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

export interface Gate {
  take(message: Message): void
  close(): void
}

interface Series {
  /** What waits for the end of the window: a single one with `latest`. */
  messages: Message[]
  lost: number
  readonly cancel: Cancel
}

/** Leading and trailing, per key. */
export function createGate(
  { everyMs, keep, key, max = 1000 }: Rate,
  clock: Clock,
  deliver: (messages: readonly Message[], lost: number) => void,
): Gate {
  const most = keep === 'all' ? max : 1
  const running = new Map<string, Series>()

  const keyOf = (message: Message): string =>
    typeof key === 'function' ? key(message.meta) : key ? key.payload(message.decoded() as never) : ''

  const open = (name: string): void => {
    const cancel = clock.after(everyMs, () => {
      const { messages, lost } = running.get(name) as Series
      running.delete(name)
      if (!messages.length) return
      open(name)
      deliver(messages, lost)
    })
    running.set(name, { messages: [], lost: 0, cancel })
  }

  return {
    take(message) {
      const name = keyOf(message)
      const series = running.get(name)
      if (!series) {
        open(name)
        return deliver([message], 0)
      }
      message.keep()
      series.messages.push(message)
      if (series.messages.length <= most) return
      series.messages.shift()
      series.lost++
    },
    close() {
      for (const { cancel } of running.values()) cancel()
      running.clear()
    },
  }
}
