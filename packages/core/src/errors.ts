/** What a {@link RealtimeError} of each code carries in `details`. */
export interface ErrorDetails {
  'connection.timeout': ConnectionDetails
  'connection.lost': ConnectionDetails
  'connection.stale': ConnectionDetails
  'connection.refused': ConnectionDetails
  'connection.replaced': ConnectionDetails
  'connection.gave-up': ConnectionDetails
  'connection.closed': ConnectionDetails
  /** `retry`: the function itself failed, and may succeed later. Without it the refusal is final. */
  'auth.failed': ConnectionDetails & { readonly channel?: string; readonly retry?: boolean }
  'channel.rejected': ChannelDetails
  'channel.timeout': ChannelDetails
  'publish.dropped': PublishDetails & { readonly reason: DropReason }
  'publish.timeout': PublishDetails
  'publish.refused': PublishDetails & { readonly status?: number; readonly code?: number | string }
  'publish.unknown': PublishDetails
  'message.too-large': PublishDetails & { readonly bytes: number; readonly limitBytes: number }
  'message.malformed': {
    readonly channel?: string
    readonly event?: string
    /** Of MQTT, whose channel may be a filter. */
    readonly topic?: string | undefined
    readonly issues?: readonly { readonly message: string; readonly path?: unknown }[] | undefined
  }
  'listener.failed': { readonly channel?: string; readonly event?: string }
  'iteration.overflow': { readonly channel: string; readonly event: string; readonly buffer: number }
  'gap.failed': { readonly channel: string; readonly reason: 'overflow' | 'timeout' | 'rejected' }
  'capability.missing': { readonly capability: string; readonly protocol: string }
  'store.failed': { readonly action: 'load' | 'write' }
  'binding.no-provider': { readonly hook: string }
  'protocol.violation': ConnectionDetails
  'server.error': { readonly code?: number; readonly reason: string; readonly channel?: string }
  'option.invalid': { readonly option: string; readonly expected: string; readonly value?: unknown }
}

export interface ConnectionDetails {
  /** The close code of the wire, when there was one. */
  readonly code?: number
  readonly reason?: string
  /** The HTTP status of a refused upgrade, where the runtime shows it. */
  readonly status?: number
  /** The address without its query, which may hold secrets. */
  readonly url?: string
}

export interface ChannelDetails {
  readonly channel: string
  readonly status?: number
  readonly code?: number | string
}

export interface PublishDetails {
  readonly channel: string
  readonly event: string
  readonly id?: string
}

/** Why a publish was given up without being sent. */
export type DropReason = 'offline' | 'expired' | 'overflow' | 'coalesced' | 'aborted' | 'identity' | 'closed'

export type ErrorCode = keyof ErrorDetails

/**
 * The one error of the SDK. `code` is a literal to switch on, `details` is typed by it, and the
 * message starts with the code because many tools show nothing else.
 */
export class RealtimeError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C
  readonly details: ErrorDetails[C]

  constructor(code: C, sentence: string, details: ErrorDetails[C], cause?: unknown) {
    super(`[${code}] ${sentence}`.trim(), cause === undefined ? undefined : { cause })
    this.name = 'RealtimeError'
    this.code = code
    this.details = details
  }

  /** True for a RealtimeError (of that code), also when another copy of this package made it. */
  static is<C extends ErrorCode = ErrorCode>(error: unknown, code?: C): error is RealtimeError<C> {
    return (
      error instanceof Error &&
      error.name === 'RealtimeError' &&
      (code === undefined || (error as RealtimeError).code === code)
    )
  }

  /** Returns a RealtimeError as it is; wraps anything else as the cause of a new one. */
  static readonly from = toRealtimeError
}

/** Not within the class: one that names itself there is renamed in bundles, and Node prints that name. */
function toRealtimeError<C extends ErrorCode>(
  error: unknown,
  code: C,
  sentence: string,
  details: ErrorDetails[C],
): RealtimeError {
  return RealtimeError.is(error) ? error : new RealtimeError(code, sentence, details, error)
}
