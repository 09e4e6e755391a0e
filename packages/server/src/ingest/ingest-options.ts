import { invalid } from '../errors.ts'
import { type Numbers, numbers } from '../ranges.ts'

/** What comes in many rows by HTTP and goes out to subscribers, no faster than they can use it. */
export interface IngestOptions extends Partial<Numbers<'ingest'>> {
  /** What every request has to carry, as `Authorization: Bearer ...`: 16 characters or more. */
  readonly token: string
  /** By the name that stands in the path: `/ingest/{name}`. */
  readonly sources: Readonly<Record<string, IngestSource>>
}

/** Where rows go, as events whose payload is the row. */
export interface IngestSource extends IngestTarget {
  /** The protocol whose subscribers get them; with `mqtt` the channel is a topic. @default 'raw' */
  readonly to?: 'raw' | 'pusher' | 'mqtt'
  /** The id of an app of Pusher's protocol. @default the first one of a list */
  readonly app?: string
  /** Whether rows go out themselves, besides what is aggregated. @default true */
  readonly rows?: boolean
  /** Lets fewer rows out: the last one of each key, and the last of all always. @default every row goes out */
  readonly throttle?: RowThrottle
  /** Adds what many rows come to. @default nothing */
  readonly aggregate?: RowAggregate
}

interface IngestTarget {
  readonly channel: string
  /** The name of the event. @default the name of the source */
  readonly event?: string
}

/** The member of a row that tells what it is about, or a function that does. */
export type RowKey = string | ((row: Row) => string)

export type Row = Readonly<Record<string, unknown>>

export interface RowThrottle {
  /** Milliseconds from one window to the next; the first row of all goes out at once. */
  readonly everyMs: number
  /** @default one key for all */
  readonly key?: RowKey
  /** @default 'latest' */
  readonly keep?: 'latest'
}

export interface RowAggregate extends Partial<IngestTarget> {
  /** Milliseconds that are taken together. */
  readonly everyMs: number
  /** @default one key for all */
  readonly key?: RowKey
  /** Members to aggregate. @default every one that is a number */
  readonly values?: readonly string[]
}

export interface ResolvedIngest extends Numbers<'ingest'> {
  readonly token: string
  readonly sources: IngestOptions['sources']
}

const SOURCE = ['to', 'app', 'channel', 'event', 'rows', 'throttle', 'aggregate']
const THROTTLE = ['everyMs', 'key', 'keep']
const AGGREGATE = ['everyMs', 'key', 'values', 'channel', 'event']
const LONGEST_MS = 86_400_000

/** @throws ServerError `option.invalid` that names the option and what it accepts */
export function resolveIngest(options: IngestOptions, served: readonly string[]): ResolvedIngest {
  const { token, sources } = options
  if (typeof sources !== 'object' || Object.keys(sources).length === 0)
    throw invalid('ingest.sources', 'an object of sources by their names', sources)
  for (const [name, source] of Object.entries(sources)) checkSource(name, source, served)
  return { token, sources, ...numbers('ingest', options) }
}

function checkSource(name: string, source: IngestSource, served: readonly string[]): void {
  const at = `ingest.sources.${name}`
  if (!/^[\w.~-]+$/.test(name)) throw invalid(at, 'a name of letters, digits, dots and dashes', name)
  checkMembers(at, source, SOURCE)
  const { to = 'raw', channel, rows = true, throttle, aggregate } = source
  if (typeof channel !== 'string' || channel === '')
    throw invalid(`${at}.channel`, 'the name of a channel', channel)
  if (!served.includes(to)) throw invalid(`${at}.to`, `one of ${served.join(', ')}, which are served`, to)
  if (!rows && !aggregate) throw invalid(`${at}.rows`, 'true, unless there is `aggregate`', rows)
  if (throttle) checkWindow(`${at}.throttle`, throttle, THROTTLE)
  if (throttle && !['latest', undefined].includes(throttle.keep))
    throw invalid(`${at}.throttle.keep`, '`latest`', throttle.keep)
  if (aggregate) checkWindow(`${at}.aggregate`, aggregate, AGGREGATE)
}

function checkWindow(at: string, window: RowThrottle | RowAggregate, members: readonly string[]): void {
  checkMembers(at, window, members)
  const { everyMs } = window
  if (!(everyMs >= 1 && everyMs <= LONGEST_MS))
    throw invalid(`${at}.everyMs`, `a number from 1 to ${LONGEST_MS}`, everyMs)
}

function checkMembers(at: string, value: object, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null) throw invalid(at, 'an object', value)
  const unknown = Object.keys(value).find((name) => !known.includes(name))
  if (unknown !== undefined) throw invalid(at, `an object of ${known.join(', ')}`, unknown)
}
