import type { Clock } from './clock.ts'
import type { Report } from './listeners.ts'
import type { Signals } from './signals.ts'

/** What a client lives by, for bindings to live by the same. One object per client. */
export interface Environment {
  readonly clock: Clock
  readonly signals: Signals
  /** Takes what a listener threw. */
  readonly report: Report
}
