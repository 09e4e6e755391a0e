import type { Cancel, Clock } from './clock.ts'
import type { Line } from './line-setup.ts'

/** A line that is ready. During a handover (make before break) it goes on delivering while the next is made ready. */
export interface Live {
  readonly name: 'live'
  readonly line: Line
  readonly upAt: number
  /** The line that is to take over, from its dial until it does. */
  next: Line | undefined
  /** Next lines that failed. */
  failures: number
  /** The one timer: of the dial of the next line; once that is ready, of the end of this one. */
  after(ms: number, run: () => void): void
  /** Gives the next line away. */
  take(): Line
  leave?: (() => void) | undefined
}

/** `left` is told with the next line, if there was one: it is at its end already, the first is not. */
export function createLive(line: Line, upAt: number, clock: Clock, left: (next?: Line) => void): Live {
  let cancel: Cancel = () => {}
  const live: Live = {
    name: 'live',
    line,
    upAt,
    next: undefined,
    failures: 0,
    after(ms, run) {
      cancel()
      cancel = clock.after(ms, run)
    },
    take() {
      const next = live.next as Line
      live.next = undefined
      return next
    },
    leave() {
      cancel()
      live.next?.leave()
      left(live.next)
    },
  }
  return live
}
