import { type Backoff, backoffDelay } from './backoff.ts'
import type { Cancel, Clock } from './clock.ts'
import type { Line } from './line-setup.ts'
import type { Failure } from './protocol.ts'

export interface Handover {
  /** The line that is to take over, from its dial until it does. */
  readonly next: Line | undefined
  /** Dials the next line after this delay and the gap between dials, unless one is on its way. */
  start(delayMs: number): void
  /** The next line is ready: the older one has this long to be done with. */
  ready(withinMs: number, over: () => void): void
  /** The next line has failed: the older one goes on, and another try follows unless that is pointless. */
  failed(failure: Failure): void
  /** Gives the next line away, or ends it. */
  take(): Line | undefined
  leave(): void
}

/** Make before break: a second line is made ready while the first goes on delivering. */
export function createHandover(
  clock: Clock,
  backoff: Backoff,
  gapLeft: () => number,
  dial: () => Line,
): Handover {
  let next: Line | undefined
  let failures = 0
  let cancel: Cancel = () => {}

  const handover: Handover = {
    get next() {
      return next
    },
    start(delayMs) {
      if (next) return
      cancel()
      cancel = clock.after(Math.max(delayMs, gapLeft()), () => {
        next = dial()
      })
    },
    ready(withinMs, over) {
      cancel = clock.after(withinMs, over)
    },
    failed({ verdict }) {
      next = undefined
      if (verdict !== 'stop') handover.start(backoffDelay(backoff, ++failures, () => clock.random()))
    },
    take() {
      const taken = next
      next = undefined
      return taken
    },
    leave() {
      cancel()
      next?.leave()
    },
  }
  return handover
}
