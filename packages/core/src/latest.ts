import type { Flush } from './flush.ts'
import { createFold, type Fold } from './fold.ts'
import type { Meta } from './protocol.ts'
import { shareFold } from './share-fold.ts'

/** How a state follows its events. */
export interface FoldOptions {
  /** When a change is shown: with the next frame, at once, or so many milliseconds after the first. @default 'raf' */
  readonly flush?: Flush
}

/** How a value follows its event. */
export interface LatestOptions<T, M extends Meta = Meta> extends FoldOptions {
  /** What is shown before the first event. */
  readonly initial?: T
  /** Leaves messages out. */
  readonly filter?: (payload: T, meta: M) => boolean
  /**
   * Makes the next value of the one shown and the one that came, such as that with the higher sequence number of
   * `initial` and the first event. @default the one that came
   */
  readonly merge?: (current: T, next: T) => T
}

/** How the values of several series follow their event. */
export interface LatestByKeyOptions<T, M extends Meta = Meta> extends Omit<LatestOptions<T, M>, 'initial'> {
  /** What makes a series. */
  readonly key: (payload: T, meta: M) => string
  /** What is shown before the first event. */
  readonly initial?: Iterable<readonly [key: string, value: T]>
}

type Options = LatestOptions<unknown> & Partial<Pick<LatestByKeyOptions<unknown>, 'key'>>

/**
 * The last value of an event, or of each series of it. `read` is asked for every message. Components that use one
 * handle and one `key`, and nothing else but what they select, share the values.
 */
export function createLatest(
  read: () => Options,
  target?: unknown,
  events: readonly string[] = [],
): Fold<unknown> {
  const { initial, key, filter, merge, flush } = read()
  const isShareable = key && target instanceof Object && !Array.isArray(target)
  if (!isShareable || initial || filter || merge || flush) return createOwn(read)
  return shareFold(target, `${events}`, key, () => createOwn(() => ({ key })))
}

function createOwn(read: () => Options): Fold<unknown> {
  const { initial, key } = read()
  return createFold<unknown>(
    key ? new Map(initial as Iterable<readonly [string, unknown]> | undefined) : initial,
    (state, payload, meta, _event, isShown) => {
      const { filter, key, merge } = read()
      if (filter?.(payload, meta) === false) return state
      const next = (current: unknown): unknown =>
        merge && current !== undefined ? merge(current, payload) : payload
      if (!key) return next(state)
      const name = key(payload, meta)
      const values = state as Map<string, unknown>
      return (isShown ? new Map(values) : values).set(name, next(values.get(name)))
    },
    () => read().flush,
  )
}
