import type { AnyChannel } from './binding-types.ts'
import { type Flush, schedule } from './flush.ts'

/** Hands values over together, in order; of those with one key only the newest. */
export function createBatch<T>(
  take: (values: readonly T[]) => void,
): (channel: AnyChannel, flush: Flush | undefined, value: T, key?: unknown) => void {
  const waiting = new Map<unknown, T>()
  const run = (): void => {
    const values = [...waiting.values()]
    waiting.clear()
    if (values.length) take(values)
  }
  return (channel, flush = 'raf', value, key = Symbol()) => {
    waiting.delete(key)
    waiting.set(key, value)
    schedule(channel['~env'], flush, run)
  }
}
