import type { Clock } from './clock.ts'
import type { State } from './connection-state.ts'
import type { RealtimeError } from './errors.ts'
import type { Report } from './listeners.ts'
import { createStore, type Store } from './store.ts'

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

export interface StatusStore extends Store<StatusSnapshot> {
  /** Publishes what has changed, if anything has. `wasConnected`: since it was opened. */
  show(state: State, wasConnected: boolean, failures: number, change: Partial<StatusSnapshot>): void
}

export function createStatus(clock: Clock, report: Report): StatusStore {
  const first: StatusSnapshot = {
    status: 'idle',
    attempt: 0,
    nextRetryAt: undefined,
    since: clock.date(),
    everConnected: false,
    health: 'ok',
    rttMs: undefined,
    lastError: undefined,
  }
  const { get, set, subscribe } = createStore(Object.freeze(first), report)
  return {
    get,
    subscribe,
    show(state, wasConnected, failures, change) {
      const before = get()
      const status = toStatus(state, wasConnected)
      const after: StatusSnapshot = {
        ...before,
        ...change,
        status,
        attempt: status === 'connected' ? 0 : failures,
        nextRetryAt: state.name === 'waiting' ? clock.date() + state.until - clock.now() : undefined,
        since: status === before.status ? before.since : clock.date(),
      }
      const keys = Object.keys(after) as (keyof StatusSnapshot)[]
      if (keys.some((key) => after[key] !== before[key])) set(Object.freeze(after))
    },
  }
}

function toStatus(state: State, wasConnected: boolean): Status {
  switch (state.name) {
    case 'opening':
    case 'waiting':
      return wasConnected ? 'reconnecting' : 'connecting'
    case 'live':
      return 'connected'
    case 'closed':
      return state.error ? 'failed' : 'closed'
    case 'idle':
    case 'paused':
      return state.name
    default:
      return state satisfies never
  }
}
