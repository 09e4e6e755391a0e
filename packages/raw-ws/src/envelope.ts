/** The frames of the profile `strict`; `docs/protocols/raw-ws.md` says what each means. */

export const SUBPROTOCOL = 'realtime.v1'

/** Sooner than this nothing is tried again, whatever `retryMs` says. */
export const LEAST_RETRY_MS = 100

/** Where a reader of a channel is. */
export interface Position {
  readonly epoch: string
  readonly off: number
}

export interface WireMember {
  readonly id: string
  readonly info?: unknown
}

export type ClientFrame =
  | {
      readonly t: 'hello'
      readonly v: number
      readonly token?: string | undefined
      readonly session?: string | undefined
    }
  | { readonly t: 'auth'; readonly token: string }
  | { readonly t: 'ping' }
  | { readonly t: 'bye' }
  | { readonly t: 'sub'; readonly chs: readonly SubRequest[] }
  | { readonly t: 'unsub'; readonly ch: string }
  | ({ readonly t: 'pub'; readonly ch: string } & Outgoing)
  | ({ readonly t: 'send'; readonly to: string } & Outgoing)

export interface SubRequest {
  readonly ch: string
  readonly epoch?: string | undefined
  readonly off?: number | undefined
}

interface Outgoing {
  readonly id: string
  readonly ev: string
  /** Bytes when the frame was binary. */
  readonly data?: unknown
  readonly ack?: boolean | undefined
}

export type ServerFrame =
  | Welcome
  | ({ readonly t: 'denied'; readonly final: boolean } & Refusal)
  | { readonly t: 'authed' }
  | { readonly t: 'pong' }
  | { readonly t: 'expiring' | 'drain' | 'later'; readonly ms: number }
  | { readonly t: 'error'; readonly code: Code; readonly message: string }
  | Subbed
  | ({ readonly t: 'refused'; readonly ch: string } & Refusal)
  | { readonly t: 'unsubbed'; readonly ch: string }
  | Msg
  | ({ readonly t: 'gap'; readonly ch: string } & Position)
  | { readonly t: 'join'; readonly ch: string; readonly member: WireMember }
  | { readonly t: 'leave'; readonly ch: string; readonly id: string }
  | { readonly t: 'ack'; readonly id: string; readonly off?: number }
  | Nack
  | Direct

export interface Welcome {
  readonly t: 'welcome'
  readonly v: number
  readonly session: string
  readonly client: string
  readonly resumed: boolean
  readonly idleMs: number
  readonly answerMs: number
  readonly limits: { readonly frameBytes: number; readonly channels: number; readonly joins: number }
}

export interface Subbed extends Position {
  readonly t: 'subbed'
  readonly ch: string
  readonly recovered: boolean
  readonly members?: readonly WireMember[]
  readonly me?: string
}

export interface Msg {
  readonly t: 'msg'
  readonly ch: string
  readonly off: number
  readonly ev: string
  readonly data?: unknown
  readonly id?: string
  readonly from?: string
}

export interface Direct {
  readonly t: 'direct'
  readonly from: string
  readonly ev: string
  readonly data?: unknown
  readonly id?: string
}

export interface Nack extends Refusal {
  readonly t: 'nack'
  readonly id: string
  /** The channel of the `pub`, or `@` and the receiver of the `send`. */
  readonly ch?: string
  readonly ev?: string
}

export interface Refusal {
  readonly code: Code
  readonly message: string
  readonly retryMs?: number
}

export type Code =
  | 'bad-frame'
  | 'bad-version'
  | 'unknown-type'
  | 'too-early'
  | 'unauthenticated'
  | 'expired'
  | 'forbidden'
  | 'unknown-channel'
  | 'bad-name'
  | 'not-found'
  | 'too-large'
  | 'rate-limited'
  | 'limit'
  | 'unavailable'
