import type { IncomingMessage, ServerResponse } from 'node:http'

/** One page of plain HTTP. */
export interface Route {
  /** Where, below the path of the server. May have holes: `/apps/{id}/events`. */
  readonly path: string
  /** @default ['GET'], and HEAD wherever GET is */
  readonly methods?: readonly string[]
  handle(
    request: IncomingMessage,
    reply: ServerResponse,
    params: Readonly<Record<string, string>>,
  ): void | Promise<void>
}
