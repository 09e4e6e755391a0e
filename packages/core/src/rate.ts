import type { Cancel, Clock } from './clock.ts'
import type { Message } from './message.ts'
import { numbers, oneOf } from './options.ts'
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

export type Messages = readonly [Message, ...Message[]]

interface Series {
  /** What waits for the end of the window: a single one with `latest`. */
  messages: Message[]
  lost: number
  readonly cancel: Cancel
}

/** Leading and trailing, per key. What it lets through is one value, or with `keep: 'all'` an array. */
export function createGate(
  rate: Rate,
  clock: Clock,
  deliver: (messages: Messages, isAll: boolean, meta: Meta) => void,
): Gate {
  const { everyMs, max } = numbers('rate', rate)
  const isAll = oneOf('rate.keep', rate.keep, ['latest', 'all']) === 'all'
  const { key } = rate
  const running = new Map<string, Series>()

  const pass = (messages: Messages, lost: number): void => {
    const { meta } = messages.at(-1) as Message
    deliver(messages, isAll, isAll ? { ...meta, dropped: lost } : { ...meta, coalesced: lost + 1 })
  }

  const open = (name: string): void => {
    const cancel = clock.after(everyMs, () => {
      const { messages, lost } = running.get(name) as Series
      running.delete(name)
      if (!messages.length) return
      open(name)
      pass(messages as unknown as Messages, lost)
    })
    running.set(name, { messages: [], lost: 0, cancel })
  }

  return {
    take(message) {
      const name =
        typeof key === 'function' ? key(message.meta) : key ? key.payload(message.decoded() as never) : ''
      const series = running.get(name)
      if (!series) {
        open(name)
        return pass([message], 0)
      }
      const { messages } = series
      message.keep()
      if (!isAll && messages.length) messages[0] = message
      else if (messages.push(message) > max) messages.shift()
      else return
      series.lost++
    },
    close() {
      for (const { cancel } of running.values()) cancel()
      running.clear()
    },
  }
}
