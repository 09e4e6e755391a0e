import type { Backoff } from './backoff.ts'
import type { RealtimeError } from './errors.ts'
import type { HiddenPolicy } from './lifecycle.ts'
import type { Line, LineSetup } from './line-setup.ts'
import type { Report } from './listeners.ts'
import type { Live } from './live.ts'
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

/** A state owns what lives as long as it: `leave` ends that. */
export type State =
  | Live
  | ({ leave?: (() => void) | undefined } & (
      | { readonly name: 'idle' | 'paused' }
      | { readonly name: 'opening'; readonly line: Line }
      | { readonly name: 'waiting'; readonly until: number }
      | { readonly name: 'closed'; readonly error: RealtimeError | undefined }
    ))
