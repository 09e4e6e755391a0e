/** What the server that knows the users answers for a channel. */
export interface ChannelAuthAnswer {
  /** `key:signature`. */
  readonly auth: string
  /** Who joins a presence channel, as JSON. */
  readonly channel_data?: string
  /** The key of an encrypted channel, in base64. */
  readonly shared_secret?: string
}

/** What it answers for a user. */
export interface UserAuthAnswer {
  readonly auth: string
  /** JSON with at least an `id`. */
  readonly user_data: string
}

/** What every function that is asked for credentials gets to know. */
export interface AuthContext {
  /** The answer before was 401 or 419: what was used for it is no good any more. */
  readonly refresh: boolean
}

export interface AuthRequest extends AuthContext {
  readonly socketId: string
  /** Aborted when the answer is of no use any more. */
  readonly signal: AbortSignal
}

/**
 * A value, or a function that is called for every request. Requests of one moment share a call; those that were sent
 * before a refresh and are refused after it share what that gave, unless it was refused too.
 */
export type AuthFields =
  | Readonly<Record<string, string>>
  | ((
      context: AuthContext,
    ) => Readonly<Record<string, string>> | PromiseLike<Readonly<Record<string, string>>>)

/** How to ask over HTTP. */
export interface AuthEndpoint {
  /** The address to POST to; relative to the page, absolute elsewhere. */
  readonly endpoint?: string
  readonly headers?: AuthFields
  /** Further fields of the form that is posted. */
  readonly params?: AuthFields
  /** Whether cookies go along. @default 'same-origin' */
  readonly credentials?: 'omit' | 'same-origin' | 'include'
  /** How long an answer may take. @default 8000 */
  readonly timeoutMs?: number
  /** @default the global fetch, looked up for every request */
  readonly fetch?: typeof fetch
}

export interface ChannelAuth extends AuthEndpoint {
  /** @default '/broadcasting/auth' */
  readonly endpoint?: string
  /** Asks for all channels of one turn in one request: `channel_name[0]`, `channel_name[1]` and so on. @default false */
  readonly batch?: boolean
  /**
   * Answers instead of an endpoint. When it throws, it is asked again later, unless the error has a `status` that
   * says otherwise (403: never).
   */
  readonly authorize?: (
    request: AuthRequest & { readonly channel: string },
  ) => ChannelAuthAnswer | PromiseLike<ChannelAuthAnswer>
  /** As `authorize`, for all channels of one turn. A channel that is missing in the answer is refused. */
  readonly authorizeAll?: (
    request: AuthRequest & { readonly channels: readonly string[] },
  ) => BatchAnswer | PromiseLike<BatchAnswer>
}

/** An answer per channel, alone or with an HTTP status. */
export type BatchAnswer = Readonly<
  Record<string, ChannelAuthAnswer | { readonly status?: number; readonly data?: ChannelAuthAnswer }>
>

export interface UserAuth extends AuthEndpoint {
  /** @default '/broadcasting/user-auth' */
  readonly endpoint?: string
  /** Answers instead of an endpoint. */
  readonly authenticate?: (request: AuthRequest) => UserAuthAnswer | PromiseLike<UserAuthAnswer>
}
