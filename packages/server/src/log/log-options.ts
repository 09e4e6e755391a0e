export const LEVELS = ['error', 'warn', 'info', 'debug'] as const

export type LogLevel = (typeof LEVELS)[number]

/** One line of the log. Secrets are taken out of all its texts before anybody gets it. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly level: LogLevel
  /** What happened, in a word or two: `connect`, `disconnect`, `crash`. */
  readonly event: string
  /** The id of the connection that it is about. */
  readonly connection?: string
  readonly [field: string]: unknown
}

export interface LogOptions {
  /** The least important level that is logged. `debug` logs every frame. @default 'info' */
  readonly level?: LogLevel | 'off'
  /** `auto`: text on a terminal, one JSON object a line elsewhere. @default 'auto' */
  readonly format?: 'auto' | 'json' | 'text'
  /** A file that lines are added to, instead of standard output. It is readable by its owner alone. */
  readonly file?: string
  /** A function that gets every entry, instead of standard output and file. */
  readonly sink?: (entry: LogEntry) => void
  /** Whether frames are logged with what they carry, at `debug`. @default false */
  readonly payloads?: boolean
}
