import type { Frame } from './wire.ts'

/** What carries a connection: a WebSocket, a TCP stream, a pair in memory. It reports to a `Connection`. */
export interface Carrier {
  readonly bufferedBytes: number
  /** Tells how many bytes it was. */
  send(frame: Frame): number
  close(code: number, reason: string): void
  /** Ends it at once, without a word. */
  cut(): void
  /** Stops and goes on reading. */
  pause(): void
  resume(): void
}
