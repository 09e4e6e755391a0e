import type { State } from './connection.ts'
import type { RealtimeError } from './errors.ts'

/** What a user interface shows. Derived from the private state; never stored by itself. */
export type Status = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'paused' | 'closed' | 'failed'

/** One immutable picture of the connection, replaced as a whole on every change. */
export interface StatusSnapshot {
  readonly status: Status
  /** Failures in a row since the connection was last stable; 0 while connected. */
  readonly attempt: number
  /** Wall-clock time of the next try, while one is waited for. */
  readonly nextRetryAt: number | undefined
  /** Wall-clock time since when `status` holds. */
  readonly since: number
  readonly everConnected: boolean
  /** `suspect`: the peer was asked for a sign of life and has not given one yet. */
  readonly health: 'ok' | 'suspect'
  /** The last measured round trip. */
  readonly rttMs: number | undefined
  /** Why the connection was last lost or could not be made. */
  readonly lastError: RealtimeError | undefined
}

/** `again`: it was connected before since it was opened. */
export function toStatus(state: State, again: boolean): Status {
  switch (state.name) {
    case 'opening':
    case 'waiting':
      return again ? 'reconnecting' : 'connecting'
    case 'live':
      return 'connected'
    case 'closing':
      return 'closed'
    case 'closed':
      return state.error ? 'failed' : 'closed'
    case 'idle':
    case 'paused':
      return state.name
    default:
      return state satisfies never
  }
}
