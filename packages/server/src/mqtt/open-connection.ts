import type { Level, Packet } from '@org/realtime-mqtt/codec'
import type { Armed } from '../faults/armed.ts'
import type { FaultMoment } from '../faults/rule.ts'
import type { Wire } from '../wire.ts'
import type { Session } from './session.ts'

/** A connection whose client is let in, as its parts need it. */
export interface OpenConnection {
  readonly session: Session
  readonly level: Level
  readonly isOver: boolean
  readonly wire: Pick<Wire, 'id'>
  send(packet: Packet): void
  /** Something went wrong, of its client or of this server. */
  broken(error: unknown): void
  /** The rule of faults that strikes here and now. */
  strike<A extends FaultMoment>(at: A, ...channels: readonly string[]): Armed<A> | undefined
}
