import type { Clock } from './clock.ts'

/** Calls code of the user: what it throws is told as a crash, and what it does not answer in time is given up. */
export type Guard = <T>(where: string, call: () => T | Promise<T>, otherwise: T) => T | Promise<T>

interface GuardNeeds {
  readonly clock: Clock
  readonly hookMs: number
  readonly crash: (error: unknown, where: string) => void
}

/** A result that is there at once is passed on at once. */
export function createGuard({ clock, hookMs, crash }: GuardNeeds): Guard {
  return (where, call, otherwise) => {
    const fail = (error: unknown): typeof otherwise => {
      crash(error, where)
      return otherwise
    }
    try {
      const result = call()
      return isPromise(result) ? within(result, where).catch(fail) : result
    } catch (error) {
      return fail(error)
    }
  }

  function within<T>(result: Promise<T>, where: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = clock.after(hookMs, () => reject(new Error(`${where} gave no answer in ${hookMs} ms`)))
      Promise.resolve(result).then(resolve, reject).finally(cancel)
    })
  }
}

/** Of any library: what is not waited for would pass for an answer. */
export const isPromise = <T>(result: T | Promise<T>): result is Promise<T> =>
  typeof (result as Promise<T> | undefined | null)?.then === 'function'
