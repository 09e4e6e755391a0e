import type { Connection } from './connection.ts'
import type { FaultBoard } from './faults/board.ts'
import type { HookTable } from './hooks.ts'
import type { Endpoint } from './wire.ts'

/** What all connections of one endpoint share. */
export interface Service {
  readonly endpoint: Endpoint
  readonly hooks: HookTable
  readonly faults: FaultBoard
  /** More than this unsent ends a connection. */
  readonly bufferBytes: number
  /** A connection is over. */
  forget(connection: Connection): void
}
