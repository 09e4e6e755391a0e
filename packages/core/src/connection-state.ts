import type { Backoff } from './backoff.ts'
import type { Cancel } from './clock.ts'
import type { RealtimeError } from './errors.ts'
import type { HiddenPolicy } from './lifecycle.ts'
import type { Line, LineSetup } from './line-setup.ts'
import type { Report } from './listeners.ts'
import type { Signals } from './signals.ts'

export interface ConnectionOptions extends LineSetup {
  readonly backoff: Backoff
  readonly hidden: HiddenPolicy
  readonly signals: Signals
  readonly report: Report
  /** The least time between two dials that nobody asked for. */
  readonly minDialGapMs: number
  /** How long the connection outlives its last hold. */
  readonly idleCloseMs: number
  /** How long a peer may take to answer after a wake signal, or to a goodbye. */
  readonly probeMs: number
}

/** A line that is ready. During a handover (make before break) it goes on delivering while the next is made ready. */
export interface Live {
  readonly name: 'live'
  readonly line: Line
  readonly upAt: number
  /** The line that is to take over, from its dial until it does. */
  next: Line | undefined
  /** Next lines that failed. */
  failures: number
  /** Of the dial of the next line; once that is ready, of the end of this one. */
  cancel: Cancel
  leave: () => void
}

/** A state owns what lives as long as it: `leave` ends that. */
export type State =
  | Live
  | ({ leave: () => void } & (
      | { readonly name: 'idle' | 'paused' }
      | { readonly name: 'opening'; readonly line: Line }
      | { readonly name: 'waiting'; readonly until: number }
      | { readonly name: 'closed'; readonly error: RealtimeError | undefined }
    ))
