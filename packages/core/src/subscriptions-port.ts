import type { Backoff } from './backoff.ts'
import type { RealtimeError } from './errors.ts'
import type { Intents, IntentsSetup } from './intents.ts'
import type { JoinsSetup } from './joins.ts'
import type { Line, LineReports } from './line-setup.ts'
import type { TraceWriter } from './trace.ts'

export interface SubscriptionsSetup extends IntentsSetup, JoinsSetup {
  readonly trace: TraceWriter
  readonly backoff: Backoff
  joined(): void
  rejected(name: string, error: RealtimeError): void
  /** Every channel has moved to the line of a handover. */
  moved(from: Line, to: Line): void
}

export interface Subscriptions
  extends Pick<LineReports, 'joined' | 'refused' | 'members' | 'message' | 'gap'>,
    Pick<Intents, 'use' | 'find' | 'hold' | 'endLinger' | 'watch'> {
  retry(name: string): void
  /** Also true of the older line of a handover, as long as it serves the channel. */
  isJoined(name: string, line: Line): boolean
  /** Why it was refused, when nothing but a user's wish or a new connection will ask again. */
  refusal(name: string): RealtimeError | undefined
  /** Something that kept the older line of a handover may be gone. */
  settled(): void
  up(line: Line, handover: boolean): void
  down(line: Line): void
  /** Ends all lingers; whoever joins next starts fresh. */
  forget(): void
  /** Says `left` everywhere: no connection is wanted any more. */
  rest(): void
  /** Says `joining` again wherever a channel is wanted. */
  rouse(): void
}
