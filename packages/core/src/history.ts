import { createFold, type Fold } from './fold.ts'
import type { FoldOptions } from './latest.ts'
import { atLeast } from './options.ts'
import type { Meta } from './protocol.ts'

export interface HistoryOptions<T, M extends Meta = Meta> extends FoldOptions {
  /** What is there before the first event, the oldest first. */
  readonly initial?: readonly T[]
  /** How many are kept, the newest. @default 100 */
  readonly max?: number
  /** Leaves messages out. */
  readonly filter?: (payload: T, meta: M) => boolean
  /** What makes two of them one: the later takes the place of the earlier. */
  readonly id?: (payload: T) => unknown
}

/** The newest events, the oldest of them first. */
export interface History<T> {
  readonly items: readonly T[]
  /** How many were let go of because there were more than `max`. */
  readonly dropped: number
  /** Forgets all of them, at once. */
  readonly clear: () => void
}

/** The newest events, as many as `max`. `read` is asked for every message. */
export function createHistory(read: () => HistoryOptions<unknown>): Fold<History<unknown>> {
  const clear = (): void => fold.set({ items: [], dropped: 0, clear })
  const add = (history: History<unknown>, payload: unknown): History<unknown> => {
    const { id, max = 100 } = read()
    const items = history.items as unknown[]
    const index = id ? items.findIndex((item) => id(item) === id(payload)) : -1
    if (index < 0) items.push(payload)
    else items[index] = payload
    const over = Math.max(0, items.length - max)
    items.splice(0, over)
    return Object.assign(history, { dropped: history.dropped + over })
  }
  const first = (): History<unknown> => {
    atLeast('max', read().max ?? 1, 1)
    const history = { items: [], dropped: 0, clear }
    for (const payload of read().initial ?? []) add(history, payload)
    return history
  }
  const fold: Fold<History<unknown>> = createFold(
    first(),
    (history, payload, meta, _event, isShown) => {
      if (read().filter?.(payload, meta) === false) return history
      return add(isShown ? { ...history, items: [...history.items] } : history, payload)
    },
    () => read().flush,
  )
  return fold
}
