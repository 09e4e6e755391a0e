import type { Backoff } from './backoff.ts'
import type { RealtimeError } from './errors.ts'
import type { Intents, IntentsSetup } from './intents.ts'
import type { JoinsSetup } from './joins.ts'
import type { Line, LineReports } from './line-setup.ts'
import type { Subscription } from './subscription.ts'
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
    Pick<Intents, 'use' | 'find' | 'all' | 'hold' | 'endLinger' | 'watch'> {
  /** Asks again for one that was refused. */
  retry(sub: Subscription | undefined): void
  /** Something that kept the older line of a handover may be gone. */
  settled(): void
  up(line: Line, handover: boolean): void
  down(line: Line): void
  lost(line: Line, name: string): void
  /** Ends all lingers; whoever joins next starts fresh. */
  forget(): void
  /** Says `left` everywhere: no connection is wanted any more. */
  rest(): void
  /** Says `joining` again wherever a channel is wanted. */
  rouse(): void
}
