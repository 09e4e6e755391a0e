import type { WireRequest } from './wire.ts'

/** Somebody, as far as the server needs to know. */
export interface User {
  /** The same for all connections of one user. Of somebody anonymous it is the client id. */
  readonly id: string
  /** What members of presence channels see of each other, unless a rule says otherwise. */
  readonly info?: unknown
  /** Milliseconds since 1970 at which the credentials end. */
  readonly expiresAt?: number
  readonly isAnonymous?: boolean
}

export interface AuthRefusal {
  readonly refuse: 'unauthenticated' | 'expired' | 'rate-limited' | 'unavailable'
  /** For the client's error. Never put a secret in it. */
  readonly message?: string
  /** When it may be tried again; for `rate-limited` and `unavailable`. */
  readonly retryMs?: number
}

/** The user, or a refusal; nothing at all refuses as `unauthenticated`. */
export type AuthResult = User | AuthRefusal | undefined | null | false

/**
 * Tells whose token it is. Called when a client says hello and whenever it sends a new token; `request` is the
 * upgrade, with its cookies and headers. A throw, or no answer in `times.hookMs`, counts as `unavailable`.
 */
export type Authenticate = (
  token: string | undefined,
  request: WireRequest,
) => AuthResult | Promise<AuthResult>
