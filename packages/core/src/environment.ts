import type { ChannelStatus } from './channel-status.ts'
import type { Clock } from './clock.ts'
import type { Report } from './listeners.ts'
import type { Signals } from './signals.ts'
import type { Store } from './store.ts'

/** A channel that somebody uses, or that the wire is not done with. */
export interface ChannelInUse {
  readonly name: string
  readonly status: Store<ChannelStatus>
  /** Who wants it joined. */
  readonly holds: number
}

/** What a client lives by, for bindings to live by the same. One object per client. */
export interface Environment {
  readonly clock: Clock
  readonly signals: Signals
  /** Takes what a listener threw. */
  readonly report: Report
}

/** The same with what tools look at that have the client itself. */
export interface ClientEnvironment extends Environment {
  /** All channels there are. */
  all(): Iterable<ChannelInUse>
}
