import type { Receipt } from './api.ts'
import type { Clock } from './clock.ts'
import type { DropReason, RealtimeError } from './errors.ts'
import type { Line } from './line-setup.ts'
import type { OutboxOptions } from './outbox-options.ts'
import type { ConnectionPort } from './port.ts'
import type { Protocol, Settlement } from './protocol.ts'
import type { Outgoing } from './publish-entry.ts'
import type { Subscriptions } from './subscriptions-setup.ts'
import type { TraceWriter } from './trace.ts'

export interface QueueSetup extends Required<Omit<OutboxOptions, 'ttlMs'>> {
  readonly clock: Clock
  readonly trace: TraceWriter
  readonly protocol: Protocol
  readonly port: Pick<ConnectionPort, 'hold'>
  readonly subscriptions: Pick<Subscriptions, 'find' | 'use' | 'hold' | 'settled'>
}

export interface PublishQueue {
  publish(message: Outgoing): Promise<Receipt>
  settle(line: Line, id: string, settlement: Settlement): void
  /** More may be sent now than before. */
  flush(): void
  /** What waits for this channel will never be sent. */
  reject(channel: string, error: RealtimeError): void
  up(line: Line): void
  down(line: Line): void
  /** Whether this line owes answers. */
  owes(line: Line): boolean
  /** Gives up everything: what waits is dropped, what is in flight is unknown. */
  clear(reason: DropReason): void
  /** Resolves when nothing waits and nothing is in flight. */
  drained(): Promise<void>
}
