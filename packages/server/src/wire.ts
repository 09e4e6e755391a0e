import type { IncomingHttpHeaders } from 'node:http'

export type Frame = string | Uint8Array

/** One connection as an endpoint sees it, whatever carries it: a socket, or a pair in memory in a test. */
export interface Wire {
  /** Tells connections apart in logs, hooks and the inspector. */
  readonly id: string
  readonly request: WireRequest
  readonly bufferedBytes: number
  send(frame: Frame): void
  /** Without a code the connection is cut without a word. */
  close(code?: number, reason?: string): void
}

export interface WireRequest {
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Of the peer, as far as it is known. */
  readonly address: string
  /** The one that was agreed upon; empty for none. */
  readonly subprotocol: string
}

/** What an endpoint does with one connection. */
export interface WireHandler {
  frame(frame: Frame): void
  /** It is over, by whomever; nothing can be sent any more. */
  over(code: number, reason: string): void
  /** The server is about to go: what its protocol has for that, within this time. */
  drain?(windowMs: number): void
}

/** One protocol at one place of the server. It knows nothing of sockets. */
export interface Endpoint {
  readonly name: string
  /** Picks one of what the client offers; undefined agrees on none, and false refuses the upgrade. */
  subprotocol?(offered: readonly string[]): string | undefined | false
  accept(wire: Wire): WireHandler
}
