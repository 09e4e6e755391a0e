import type { RealtimeError } from './errors.ts'

export interface EventsOptions {
  /** Ends the iteration when aborted. */
  readonly signal?: AbortSignal
  /** How many events may wait for the consumer. @default 1000 */
  readonly buffer?: number
  /** What happens to a slow consumer: an event is lost, or the iteration ends with an error. @default 'drop-oldest' */
  readonly overflow?: 'drop-oldest' | 'drop-newest' | 'error'
}

/** Feeds one iteration; returns what ends it. */
export type Start<T> = (push: (value: T) => void, end: (error?: unknown) => void) => () => void

/** Events as an async iterable. Listening starts with the iteration and ends with it, however it ends. */
export function createEventStream<T>(
  start: Start<T>,
  overflown: (buffer: number) => RealtimeError<'iteration.overflow'>,
  options: EventsOptions,
): AsyncIterable<T> {
  const { signal, buffer = 1000, overflow = 'drop-oldest' } = options
  return {
    [Symbol.asyncIterator]() {
      let values: T[] = []
      let waiting: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }[] = []
      let ended = false
      let failure: { readonly error: unknown } | undefined
      let stop = (): void => {}

      const end = (error?: unknown): void => {
        if (ended) return
        ended = true
        stop()
        signal?.removeEventListener('abort', abort)
        if (error !== undefined) failure = { error }
        for (const consumer of waiting.splice(0)) settle(consumer)
      }
      const abort = (): void => end()

      const settle = ({ resolve, reject }: (typeof waiting)[number]): void => {
        const { error } = failure ?? {}
        failure = undefined
        if (error !== undefined) reject(error)
        else resolve({ done: true, value: undefined })
      }

      const push = (value: T): void => {
        const consumer = waiting.shift()
        if (consumer) return consumer.resolve({ done: false, value })
        if (values.length < buffer) values.push(value)
        else if (overflow === 'error')
          end(overflown(buffer))
        else if (overflow === 'drop-oldest') {
          values.shift()
          values.push(value)
        }
      }

      if (signal?.aborted) ended = true
      else {
        stop = start(push, end)
        if (ended) stop()
        signal?.addEventListener('abort', abort)
      }

      return {
        next: () =>
          new Promise((resolve, reject) => {
            if (values.length) resolve({ done: false, value: values.shift() as T })
            else if (ended) settle({ resolve, reject })
            else waiting.push({ resolve, reject })
          }),
        return() {
          values = []
          end()
          return Promise.resolve({ done: true, value: undefined })
        },
      }
    },
  }
}
