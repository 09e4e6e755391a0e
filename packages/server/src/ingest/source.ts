import type { Clock } from '../clock.ts'
import { createThrottle } from '../publisher/throttle.ts'
import { TokenBucket } from '../token-bucket.ts'
import { type Aggregate, Aggregator } from './aggregator.ts'
import type { IngestSource, ResolvedIngest, Row, RowKey } from './ingest-options.ts'

interface SourceNeeds {
  readonly options: ResolvedIngest
  readonly clock: Clock
  readonly publish: (channel: string, event: string, payload: Row | Aggregate) => Promise<unknown>
  readonly crash: (error: unknown, where: string) => void
}

/** Why rows were not taken: when to come back, or which row is wrong. */
export type Refusal = { readonly retryMs: number; readonly why: string } | { readonly wrong: string }

/** Lets a row go out, at once or later. */
type Send = ((row: Row) => void) & Partial<Pick<ReturnType<typeof createThrottle<Row>>, 'flush' | 'waiting'>>

/** How long whoever is too fast stays away while publishes wait. */
const BUSY_MS = 1000
/** Publishing may fail for every row; it is told no more often. */
const TOLD = { perSecond: 1, burst: 1 }

/** Rows of one kind on their way to subscribers: all of a batch are taken, or none. */
export class Source {
  readonly #name: string
  readonly #source: IngestSource
  readonly #needs: SourceNeeds
  readonly #bucket: TokenBucket
  readonly #told: TokenBucket
  readonly #aggregator: Aggregator | undefined
  readonly #send: Send
  #pending = 0
  #close = async (): Promise<void> => {}

  constructor(name: string, source: IngestSource, needs: SourceNeeds) {
    this.#name = name
    this.#source = source
    this.#needs = needs
    this.#bucket = new TokenBucket(needs.options, needs.clock)
    this.#told = new TokenBucket(TOLD, needs.clock)
    this.#aggregator = source.aggregate && new Aggregator(source.aggregate.values)
    this.#send = this.#createSend()
  }

  take(rows: readonly Row[]): Refusal | undefined {
    const { throttle, aggregate } = this.#source
    const wrong = findWrong(rows, [throttle?.key, aggregate?.key])
    if (wrong !== undefined) return { wrong }
    const { queued } = this.#needs.options
    const waiting = this.#pending + (this.#send.waiting?.() ?? 0)
    if (waiting > 0 && waiting + rows.length > queued) return { retryMs: BUSY_MS, why: 'Too many rows wait' }
    if (aggregate && this.#isFull(rows, aggregate.key))
      return { retryMs: aggregate.everyMs, why: 'Too many keys are aggregated' }
    const retryMs = this.#bucket.take(rows.length)
    if (retryMs) return { retryMs, why: 'Too many rows, too fast' }
    for (const row of rows) {
      if (this.#source.rows !== false) this.#send(row)
      this.#aggregate(row)
    }
    return undefined
  }

  /** Lets out at once what waits for the end of a window; resolves when it is out. */
  async flush(): Promise<void> {
    await Promise.all([this.#send.flush?.(), this.#close()])
  }

  #createSend(): Send {
    const { throttle, channel, event = this.#name } = this.#source
    const send = (row: Row): Promise<void> => this.#publish(channel, event, row)
    if (!throttle) return (row) => void send(row)
    const { everyMs, key } = throttle
    return createThrottle<Row>(
      { everyMs, key: (row) => toKey(row, key) ?? '', onError: (error) => this.#tell(error) },
      {
        clock: this.#needs.clock,
        publish: async (rows) => void (await Promise.all(rows.map(send))),
        mostWaiting: Infinity,
      },
    )
  }

  #aggregate(row: Row): void {
    const { aggregate } = this.#source
    if (!aggregate || !this.#aggregator) return
    if (this.#aggregator.size === 0) this.#open(aggregate.everyMs)
    this.#aggregator.add(toKey(row, aggregate.key) ?? '', row)
  }

  #open(everyMs: number): void {
    const { clock } = this.#needs
    const { aggregate, channel, event = this.#name } = this.#source
    const from = clock.date()
    this.#close = async () => {
      cancel()
      const sums = this.#aggregator?.take(from, clock.date()) ?? []
      const publish = (each: Aggregate): Promise<void> =>
        this.#publish(aggregate?.channel ?? channel, aggregate?.event ?? event, each)
      await Promise.all(sums.map(publish))
    }
    const cancel = clock.after(everyMs, this.#close)
  }

  #isFull(rows: readonly Row[], key: RowKey | undefined): boolean {
    const added = new Set<string>()
    const { size = 0 } = this.#aggregator ?? {}
    for (const row of rows) {
      const name = toKey(row, key) ?? ''
      if (!this.#aggregator?.has(name)) added.add(name)
    }
    return size > 0 && size + added.size > this.#needs.options.keys
  }

  async #publish(channel: string, event: string, payload: Row | Aggregate): Promise<void> {
    this.#pending++
    try {
      await this.#needs.publish(channel, event, payload)
    } catch (error) {
      this.#tell(error)
    } finally {
      this.#pending--
    }
  }

  #tell(error: unknown): void {
    if (!this.#told.take()) this.#needs.crash(error, `ingest ${this.#name}`)
  }
}

function findWrong(rows: readonly Row[], keys: readonly (RowKey | undefined)[]): string | undefined {
  for (const [index, row] of rows.entries()) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return `Row ${index} is no object`
    for (const key of keys)
      if (toKey(row, key) === undefined) return `Row ${index} has no text or number \`${String(key)}\``
  }
  return undefined
}

/** Undefined when a row has none. */
function toKey(row: Row, key: RowKey | undefined): string | undefined {
  if (key === undefined) return ''
  if (typeof key === 'function') return key(row)
  const value = Object.hasOwn(row, key) ? row[key] : undefined
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : undefined
}
