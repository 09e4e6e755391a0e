import type { IncomingHttpHeaders } from 'node:http'

export type Frame = string | Uint8Array

/** One connection as an endpoint sees it, whatever carries it: a socket, or a pair in memory in a test. */
export interface Wire {
  /** Tells connections apart in logs, hooks and the inspector. */
  readonly id: string
  readonly request: WireRequest
  readonly bufferedBytes: number
  /** Nothing happens once the wire is over. */
  send(frame: Frame): void
  /** Ends it; `over` of the handler has been called when this returns. Without a code it is cut without a word. */
  close(code?: number, reason?: string): void
  /** Holds the other end back by not reading, until as many calls of `resume`. */
  pause(): void
  resume(): void
}

export interface WireRequest {
  readonly path: string
  /** What the holes of the endpoint's path were filled with. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Of the peer, as far as it is known. */
  readonly address: string
  /** The one that was agreed upon; empty for none. */
  readonly subprotocol: string
  /** Who a client of MQTT says that it is, besides its token, which is the password there. */
  readonly username?: string
  /** The id of that client. */
  readonly client?: string
}

/** What an endpoint does with one connection. */
export interface WireHandler {
  /** A frame has come; its bytes are valid until this returns. */
  frame(frame: Frame): void
  /** What came could not be cut into frames; nothing more will. */
  broken?(error: unknown): void
  /** It is over, by whomever; nothing can be sent any more. Called once. */
  over(code: number, reason: string): void
  /** The server is about to go: what its protocol has for that, within this time. */
  drain?(windowMs: number): void
  /** The server is about to end it: what its protocol says first. It may end it in its own way, too. */
  ending?(cause: EndingCause): void
  /** When this connection ends, its client should not come back earlier than this. */
  later?(ms: number): void
  /** Its credentials end in so many milliseconds. */
  expire?(inMs: number): void
  /** For the inspector and for rules of faults. */
  about?(): { readonly client?: string; readonly user?: string; readonly channels?: readonly string[] }
  /** For the same, instead of what the endpoint knows of frames: what only this connection can tell of one. */
  kindOf?(frame: Frame, direction: Direction): FrameKind
}

/** From the client, or to it. */
export type Direction = 'in' | 'out'

/** What a frame is about, as far as faults and logs need it. */
export interface FrameKind {
  readonly type: string
  readonly channels: readonly string[]
}

/** How a connection is ended. */
export interface Ending {
  readonly code: number
  readonly reason: string
}

/** Why the server itself may have to end or refuse a connection. */
export type EndingCause = 'origin' | 'limit' | 'slow' | 'crash' | 'gone' | 'put-out'

/** Cuts a stream of bytes into frames; throws when it makes no sense. */
export interface Cutter {
  push(chunk: Uint8Array): void
}

/** How a frame is spoilt on demand: so that it makes no sense, or so that it answers something else. */
export type Spoiling = 'malform' | 'wrong-id'

/** One protocol at one place of the server. It knows nothing of sockets. */
export interface Endpoint {
  readonly name: string
  /** Picks one of what the client offers; undefined agrees on none, and false refuses the upgrade. */
  subprotocol?(offered: readonly string[]): string | undefined | false
  /** The protocol has no close frames: whoever ends a connection, it is cut without one. */
  readonly closing?: 'cut'
  /** Its frames are never compressed, whatever the option `compression` says. */
  readonly isPlain?: true
  /**
   * What the protocol says when the server ends a connection. Pages cannot see the HTTP status of a refused
   * upgrade, so with a word for `origin` or `limit` the upgrade is accepted and closed; without one it gets 403 or 503.
   */
  readonly endings?: Readonly<Partial<Record<EndingCause, Ending>>>
  /** Reads only as much of a frame as it takes. Asked only while somebody looks at frames: a fault, the log, the inspector. */
  kindOf?(frame: Frame): FrameKind
  /** The protocol is a stream of bytes, which may come in any pieces: each handler gets the frames that this cuts. */
  cut?(frame: (frame: Uint8Array) => void): Cutter
  /** Spoils a frame on demand. Without it no rule of faults can. */
  spoil?(frame: Frame, how: Spoiling): Frame
  accept(wire: Wire): WireHandler
  /** The server has stopped, and all its connections are over: lets go of what else is kept. */
  stop?(): void | Promise<void>
}
