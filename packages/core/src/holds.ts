import type { Cancel, Clock } from './clock.ts'

export interface Holds {
  readonly any: boolean
  /** Counts one in; the result counts it out again, once. */
  hold(): () => void
  /** The end after the last one is off, or has come otherwise. */
  cancel(): void
}

/** Counts who wants the connection. It is unused some time after the last one let go. */
export function createHolds(
  clock: Clock,
  idleCloseMs: number,
  isAtRest: () => boolean,
  unused: () => void,
): Holds {
  let count = 0
  let cancel: Cancel = () => {}
  return {
    get any() {
      return count > 0
    },
    cancel: () => cancel(),
    hold() {
      count++
      cancel()
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        if (--count || isAtRest()) return
        cancel = clock.after(idleCloseMs, () => {
          if (!isAtRest()) unused()
        })
      }
    },
  }
}
