import type { Clock } from './clock.ts'
import type { Provided } from './credentials.ts'
import type { Advice, Failure, Heartbeat, Link, LinkEvents, Opening, Protocol, Ready } from './protocol.ts'
import type { StatusSnapshot } from './status.ts'
import type { TraceWriter } from './trace.ts'
import type { Transport } from './transport.ts'

/** How far a line has come. */
export type Phase = 'credentials' | 'dialing' | 'handshaking' | 'ready' | 'leaving' | 'ended'

/** One try at the wire, from credentials to a link at work. It owns its session, link and timers. */
export interface Line {
  readonly phase: Phase
  /** There from `handshaking` on. */
  readonly link: Link
  /** There from `ready` on. */
  readonly ready: Ready
  readonly bufferedBytes: number
  /** Asks the peer for a sign of life within this time. */
  probe(answerMs: number): void
  /** Says goodbye when it got that far, and closes. Afterwards it reports nothing. */
  leave(): void
  /** The same, but gives the protocol this long for its goodbye. */
  bye(withinMs: number): Promise<void>
}

export type Told = Omit<LinkEvents, 'ready' | 'fail' | 'pong' | 'advice'>

/** The link's reports as the client gets them: each names the line it came over. */
export type LineReports = {
  [K in keyof Told]: (line: Line, ...values: Parameters<Told[K]>) => void
}

export interface LineOwner {
  /** A socket is being opened. */
  dialled(): void
  ready(line: Line): void
  failed(line: Line, failure: Failure): void
  /** What is known of its health. */
  show(line: Line, change: Partial<StatusSnapshot>): void
  advice(line: Line, advice: Advice): void
}

export interface LineSetup {
  readonly clock: Clock
  readonly trace: TraceWriter
  readonly transport: Transport
  readonly protocol: Protocol
  readonly url: Provided<string>
  readonly credentials: Provided<unknown>
  readonly dialMs: number
  readonly handshakeMs: number
  readonly heartbeat: Heartbeat
}

export type Past = Opening['past']
