/** What a {@link ServerError} of each code carries in `details`. */
export interface ServerErrorDetails {
  'option.invalid': { readonly option: string; readonly expected: string; readonly value?: unknown }
  /** Everything that is wrong in file, environment and flags. */
  'config.invalid': {
    readonly problems: readonly {
      readonly option: string
      readonly source: string
      readonly message: string
    }[]
  }
  'listen.failed': { readonly host: string; readonly port: number; readonly reason: string }
  'server.closed': Record<never, never>
  /** A backend's server did not take it, however often it was tried. */
  'publish.failed': {
    readonly channels: readonly string[]
    /** Undefined when there was no answer. */
    readonly status: number | undefined
    readonly attempts: number
  }
  /** What nodes share cannot be reached now; it is tried again. */
  'store.away': { readonly reason: string }
  'publish.refused': { readonly channel: string; readonly reason: string }
}

export type ServerErrorCode = keyof ServerErrorDetails

/** The one error of the server: `code` is a literal to switch on, `details` is typed by it. */
export class ServerError<C extends ServerErrorCode = ServerErrorCode> extends Error {
  readonly code: C
  readonly details: ServerErrorDetails[C]

  constructor(code: C, sentence: string, details: ServerErrorDetails[C], cause?: unknown) {
    super(`[${code}] ${sentence}`, cause === undefined ? undefined : { cause })
    this.name = 'ServerError'
    this.code = code
    this.details = details
  }

  /** True for a ServerError (of that code), also when another copy of this package made it. */
  static is<C extends ServerErrorCode = ServerErrorCode>(error: unknown, code?: C): error is ServerError<C> {
    return (
      error instanceof Error &&
      error.name === 'ServerError' &&
      (code === undefined || (error as ServerError).code === code)
    )
  }
}

export function invalid(option: string, expected: string, value: unknown): ServerError<'option.invalid'> {
  const sentence = `Option ${option} must be ${expected}`
  return new ServerError('option.invalid', sentence, { option, expected, value })
}
