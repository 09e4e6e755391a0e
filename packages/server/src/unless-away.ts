import { ServerError } from './errors.ts'

type Crash = (error: unknown, where: string) => void

/** Leaves out what comes of a store that is away, of which the hook `store` tells. */
export const unlessAway =
  (crash: Crash): Crash =>
  (error, where) => {
    if (!ServerError.is(error, 'store.away')) crash(error, where)
  }

/** For what is done again once the store is back. */
export function ignoreAway(error: unknown): void {
  if (!ServerError.is(error, 'store.away')) throw error
}
