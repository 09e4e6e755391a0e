import type { Context } from '../core.ts'
import type { RecentIds } from '../recent-ids.ts'
import type { Sessions } from './sessions.ts'

/** What all connections of `/raw` share. */
export interface Raw extends Context {
  readonly sessions: Sessions
  /** Ids of messages to single clients. */
  readonly directs: RecentIds<true>
}
