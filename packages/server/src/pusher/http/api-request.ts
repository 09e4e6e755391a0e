import type { AppState } from '../app-state.ts'
import type { Pusher } from '../pusher.ts'

/** A request to the HTTP API that may be answered. */
export interface ApiRequest {
  readonly pusher: Pusher
  readonly app: AppState
  readonly query: URLSearchParams
  readonly body: Buffer
  /** What the path names, in its order. */
  readonly names: readonly string[]
}

/** A request that is refused. */
export class ApiRefusal extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}
