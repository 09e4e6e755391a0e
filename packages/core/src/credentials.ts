import type { Clock } from './clock.ts'
import { RealtimeError } from './errors.ts'

/** A value, or a function that is called afresh for every try. */
export type Provider<T> = T | (() => T | PromiseLike<T>)

export interface Provided<T> {
  /** Joins a call that is under way; otherwise calls the function. */
  get(): Promise<T>
  /** From now on the result of a call under way is nobody's: the next `get` calls again. */
  renew(): void
}

/** Calls a provider at most once at a time, and never waits for it longer than the limit. */
export function provide<T>(provider: Provider<T>, what: string, clock: Clock, limitMs: number): Provided<T> {
  let flight: Promise<T> | undefined
  const call = (): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const cancel = clock.after(limitMs, () => reject(failed(`${what} took longer than ${limitMs} ms`)), true)
      const settle = (done: () => void): void => {
        cancel()
        done()
      }
      new Promise<T>((start) => start(provider instanceof Function ? provider() : provider)).then(
        (value) => settle(() => resolve(value)),
        (error) => settle(() => reject(RealtimeError.from(error, 'auth.failed', `${what} failed`, { retry: true }))),
      )
    })
  return {
    get() {
      if (flight) return flight
      const own = call()
      flight = own
      const clear = (): void => {
        if (flight === own) flight = undefined
      }
      own.then(clear, clear)
      return own
    },
    renew() {
      flight = undefined
    },
  }
}

const failed = (sentence: string): RealtimeError => new RealtimeError('auth.failed', sentence, { retry: true })
