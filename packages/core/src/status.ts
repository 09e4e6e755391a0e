import type { Clock } from './clock.ts'
import type { State } from './connection-state.ts'
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

const statuses: { readonly [N in State['name']]: Status } = {
  idle: 'idle',
  opening: 'connecting',
  waiting: 'connecting',
  live: 'connected',
  paused: 'paused',
  closed: 'closed',
}

export const firstSnapshot = (clock: Clock): StatusSnapshot =>
  Object.freeze({
    status: 'idle',
    attempt: 0,
    nextRetryAt: undefined,
    since: clock.date(),
    everConnected: false,
    health: 'ok',
    rttMs: undefined,
    lastError: undefined,
  })

/** The snapshot as it is when nothing has changed. `wasConnected`: since it was opened. */
export function toSnapshot(
  before: StatusSnapshot,
  state: State,
  wasConnected: boolean,
  failures: number,
  clock: Clock,
  change: Partial<StatusSnapshot>,
): StatusSnapshot {
  const usual = statuses[state.name]
  const again = usual === 'connecting' && wasConnected ? 'reconnecting' : usual
  const status = state.name === 'closed' && state.error ? 'failed' : again
  const after: StatusSnapshot = {
    ...before,
    ...change,
    ...(status === 'connected' && { everConnected: true, lastError: undefined }),
    status,
    attempt: status === 'connected' ? 0 : failures,
    nextRetryAt: state.name === 'waiting' ? clock.date() + state.until - clock.now() : undefined,
    since: status === before.status ? before.since : clock.date(),
  }
  const keys = Object.keys(after) as (keyof StatusSnapshot)[]
  return keys.some((key) => after[key] !== before[key]) ? Object.freeze(after) : before
}
