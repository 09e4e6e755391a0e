import type { Clock } from './clock.ts'
import { RealtimeError } from './errors.ts'
import { fault } from './fault.ts'

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
  let cancel = (): void => {}
  const failed = (cause: unknown, ms?: number): RealtimeError =>
    fault('auth.failed', { retry: true }, cause, what, ms)
  const call = async (): Promise<T> => {
    const tooLong = new Promise<never>((_, reject) => {
      cancel = clock.after(limitMs, () => reject(failed(undefined, limitMs)), true)
    })
    try {
      return await Promise.race([provider instanceof Function ? provider() : provider, tooLong])
    } catch (error) {
      throw RealtimeError.is(error) ? error : failed(error)
    }
  }
  const renew = (): void => {
    cancel()
    flight = undefined
  }
  return {
    renew,
    get() {
      if (flight) return flight
      const own = call()
      flight = own
      const clear = (): void => {
        if (flight === own) renew()
      }
      own.then(clear, clear)
      return own
    },
  }
}
