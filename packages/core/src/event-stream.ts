import { onAbort } from './abort.ts'
import type { RealtimeError } from './errors.ts'
import { numbers, oneOf } from './options.ts'

export interface EventsOptions {
  /** Ends the iteration when aborted. */
  readonly signal?: AbortSignal
  /** How many events may wait for the consumer. @default 1000 */
  readonly buffer?: number
  /** What happens to a slow consumer: an event is lost, or the iteration ends with an error. @default 'drop-oldest' */
  readonly overflow?: 'drop-oldest' | 'drop-newest' | 'error'
  /** Gives pairs of payload and meta instead of payloads, as listeners get them. @default false */
  readonly meta?: boolean
}

/** Feeds one iteration; returns what stops that. */
export type Start<T> = (push: (value: T) => void, end: (error?: RealtimeError) => void) => () => void

/** Events as an async iterable. Listening starts with the iteration and ends with it, however it ends. */
export function createEventStream<T>(
  options: EventsOptions,
  start: Start<T>,
  overflown: (buffer: number) => RealtimeError,
): AsyncIterable<T> {
  const { signal } = options
  const { buffer } = numbers('events', options)
  const overflow = oneOf('events.overflow', options.overflow, ['drop-oldest', 'drop-newest', 'error'])
  return {
    [Symbol.asyncIterator]() {
      const values: T[] = []
      let isOver = signal?.aborted ?? false
      let failure: RealtimeError | undefined
      let wake = (): void => {}
      /** The consumer that waits takes the next event at once: it needs no place in the buffer. */
      let waiting = 0

      const end = (error?: RealtimeError): void => {
        isOver = true
        failure ??= error
        stop()
        forget()
        wake()
      }
      const push = (value: T): void => {
        if (isOver) return
        if (values.length >= buffer + waiting) {
          if (overflow === 'error') return end(overflown(buffer))
          if (overflow === 'drop-newest') return
          values.shift()
        }
        values.push(value)
        wake()
      }

      const generate = async function* (): AsyncGenerator<T, void, void> {
        for (;;) {
          while (values.length) yield values.shift() as T
          if (failure) throw failure
          if (isOver) return
          waiting = 1
          await new Promise<void>((resolve) => {
            wake = resolve
          })
          waiting = 0
        }
      }
      const generator = generate()

      let stop = (): void => {}
      const forget = onAbort(signal, end)
      if (!isOver) stop = start(push, end)
      return {
        next: () => generator.next(),
        return() {
          values.length = 0
          end()
          return generator.return()
        },
      }
    },
  }
}
