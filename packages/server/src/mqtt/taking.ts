import type { Message } from './message.ts'
import type { OpenConnection } from './open-connection.ts'

/** How a message is taken that must not be lost. */
export interface Taking {
  /** Names it beside others: of the same name one is taken. */
  readonly id?: string | undefined
  /** Whether somebody waits for it; otherwise it is refused while Redis is away. */
  readonly isWanted?: () => boolean
}

/** Who waits until a message is taken. */
export type Publisher = Pick<OpenConnection, 'session' | 'isOver'>

/** It is taken once, however often a client sends it, and only for as long as the client waits. */
export function toTaking({ qos }: Message, by: Publisher, id: number | undefined): Taking {
  const name = qos === 2 && id !== undefined ? by.session.nameOf(id) : undefined
  return { id: name, isWanted: () => !by.isOver }
}
