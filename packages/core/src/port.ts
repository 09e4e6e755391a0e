import type { Line, LineReports } from './line-setup.ts'
import type { StatusSnapshot } from './status.ts'
import type { Store } from './store.ts'

/** What the client hears from its connection. `up` and `down` come in pairs for every line. */
export interface PortEvents extends LineReports {
  /** `handover`: the line before is still up and delivering until it is retired. */
  up(line: Line, handover: boolean): void
  down(line: Line): void
  /** The channel is not sent any more, though the line is up: it is asked for again, and what is missed is a gap. */
  lost(line: Line, name: string): void
  /** The hidden policy ended the session for good: nothing of it is to be continued. */
  ended(): void
}

/** What the client talks to. A bridge implements it over a connection that somebody else owns. */
export interface ConnectionPort {
  readonly status: Store<StatusSnapshot>
  attach(events: PortEvents): void
  /** Wants the connection until released. Alone it does not reopen what was closed. */
  hold(): () => void
  /** Leaves `closed` and `failed` behind, so that holds dial again. */
  open(): void
  reconnectNow(): void
  /** Fetches credentials again: in band, or by a new line. A new identity shares nothing with the old one. */
  reauthenticate(newIdentity: boolean): void
  pause(): void
  resume(): void
  /** Everything has moved from this line to the next one. */
  retire(line: Line): void
  close(): Promise<void>
}
