/** The unit of the wire: text or bytes. */
export type Frame = string | Uint8Array

/** What a transport is asked to reach. */
export interface Target {
  readonly url: string
  readonly subprotocols: readonly string[]
}

/** How a session ended, in the words of the wire. Only a protocol reads meaning into it. */
export interface SessionEnd {
  readonly code?: number
  readonly reason?: string
  /** The HTTP status of a refused upgrade, where the runtime shows it. */
  readonly status?: number | undefined
  readonly error?: unknown
}

/** Called by a transport, never synchronously from inside `transport()`, `send` or `close`. */
export interface SessionEvents {
  open(subprotocol: string): void
  frame(frame: Frame): void
  /** Once, whether the session ever opened or not; never after the session's own `close()`. */
  end(end: SessionEnd): void
}

/** One physical socket. It serves once and never reopens; after `close()` it reports nothing more. */
export interface Session {
  send(frame: Frame): void
  /** Ends it cleanly with a code; without one the peer is taken for dead and not waited for. */
  close(code?: number, reason?: string): void
  readonly bufferedBytes: number
}

/**
 * Starts one session. May throw for a target that can never work (a malformed address):
 * the connection then fails for good instead of trying again.
 */
export type Transport = (target: Target, events: SessionEvents) => Session
