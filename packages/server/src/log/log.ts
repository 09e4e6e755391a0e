import { type Clock, systemClock } from '../clock.ts'
import { createTextFormat, type Format, toJsonLine } from './format.ts'
import { LEVELS, type LogEntry, type LogLevel, type LogOptions } from './log-options.ts'
import { createRedact, isSecretName, REDACTED, type Redact } from './redact.ts'
import { createFileSink, createFunctionSink, createStreamSink, type LineStream, type Sink } from './sinks.ts'

type Fields = Readonly<Record<string, unknown>>

/** Structured log lines of one server. */
export interface Log extends Readonly<Record<LogLevel, (event: string, fields?: Fields) => void>> {
  readonly level: LogLevel | 'off'
  readonly payloads: boolean
  /** For whom its lines are: people or programs. */
  readonly style: 'text' | 'json'
  readonly redact: Redact
  /** Resolves when every line is written. */
  close(): Promise<void>
}

export interface LogNeeds {
  readonly clock?: Clock
  readonly stdout?: LineStream & { readonly isTTY?: boolean }
  /** Texts that must not appear in any line. */
  readonly secrets?: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** @throws ServerError `option.invalid` for a file that cannot be written */
export function createLog(options: LogOptions = {}, needs: LogNeeds = {}): Log {
  const { level = 'info', payloads = false } = options
  const { clock = systemClock, secrets = [] } = needs
  const redact = createRedact(secrets)
  const sink = createSink(options, needs)
  const most = LEVELS.indexOf(level as LogLevel)

  const writer = (own: LogLevel) => {
    if (LEVELS.indexOf(own) > most) return () => {}
    return (event: string, fields: Fields = {}): void =>
      sink.write({ at: clock.date(), level: own, event, ...(clean(fields, redact) as Fields) })
  }
  return {
    level,
    payloads,
    style: isText(options, needs) ? 'text' : 'json',
    redact,
    error: writer('error'),
    warn: writer('warn'),
    info: writer('info'),
    debug: writer('debug'),
    close: sink.close,
  }
}

function isText({ format = 'auto', file }: LogOptions, { stdout = process.stdout }: LogNeeds): boolean {
  return format === 'text' || (format === 'auto' && file === undefined && stdout.isTTY === true)
}

function createSink(options: LogOptions, needs: LogNeeds): Sink {
  const { file, sink } = options
  const { stdout = process.stdout, env = process.env } = needs
  if (sink) return createFunctionSink(isolate(sink))
  const isColoured = file === undefined && stdout.isTTY === true && !env['NO_COLOR']
  const lines: Format = isText(options, needs) ? createTextFormat(isColoured) : toJsonLine
  return file === undefined ? createStreamSink(stdout, lines) : createFileSink(file, lines)
}

/** What a log function throws must not reach what was logged. */
function isolate(sink: (entry: LogEntry) => void): (entry: LogEntry) => void {
  return (entry) => {
    try {
      sink(entry)
    } catch (error) {
      process.emitWarning(`log.sink: ${error instanceof Error ? error.message : error}`, {
        type: 'RealtimeServer',
      })
    }
  }
}

/** What has the name of a secret is one as a whole. */
function clean(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => clean(item, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const isSecret = isSecretName(name) && item !== undefined && item !== null
      return [name, isSecret ? REDACTED : clean(item, redact)]
    }),
  )
}
