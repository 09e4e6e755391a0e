import type { AnyClient, TraceEntry } from '@org/realtime-core'
import { Rates } from './rates.ts'

export const FRAME_LIMIT = 500
export const MOMENT_LIMIT = 200
const CHANNEL_LIMIT = 500
const GAP_LIMIT = 20

type Of<T extends TraceEntry['type']> = Extract<TraceEntry, { readonly type: T }>

/** Something that happened to the connection. `delayMs`: how long it waits from then on. */
export type Moment = Of<'transition' | 'phase' | 'signal' | 'probe' | 'error' | 'hint'> & {
  readonly delayMs?: number | undefined
}

export type FrameEntry = Of<'frame'>

/** What the explain log tells of a channel. */
export interface ChannelRecord {
  /** Why it is in its state. */
  cause: string
  state: string
  readonly gaps: Of<'gap'>[]
  gapCount: number
  /** How publishes ended, and how many of them so. */
  readonly publishes: Map<string, number>
}

/** Entries in bounds. `added` counts those that are gone, too. */
export class Bounded<T> {
  items: T[] = []
  added = 0
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  add(item: T): void {
    this.added++
    if (this.items.push(item) > this.#limit) this.items.shift()
  }

  /** Those that came after so many were added. */
  since(added: number): readonly T[] {
    const count = Math.min(this.added - added, this.items.length)
    return count > 0 ? this.items.slice(-count) : []
  }
}

/** The explain log of a client, sorted: what it holds already, and what comes until `stop`. */
export class Recording {
  readonly moments = new Bounded<Moment>(MOMENT_LIMIT)
  readonly frames = new Bounded<FrameEntry>(FRAME_LIMIT)
  readonly channels = new Map<string, ChannelRecord>()
  readonly rates = new Rates()
  readonly stop: () => void
  #delayMs: number | undefined

  /** `changed` is called after each entry, and after each change of the status. */
  constructor(client: AnyClient, changed: () => void) {
    for (const entry of client.trace.entries()) this.#take(entry)
    const stops = [
      client.status.subscribe(changed),
      client.trace.subscribe((entry) => {
        this.#take(entry)
        changed()
      }),
    ]
    this.stop = () => {
      for (const stop of stops) stop()
    }
  }

  #take(entry: TraceEntry): void {
    switch (entry.type) {
      case 'frame':
        this.frames.add(entry)
        return this.rates.add(entry.direction, entry.at, entry.bytes)
      case 'channel': {
        const channel = this.#channel(entry.channel)
        channel.state = entry.state
        channel.cause = entry.cause ?? ''
        return
      }
      case 'gap': {
        const channel = this.#channel(entry.channel)
        channel.gapCount++
        if (channel.gaps.push(entry) > GAP_LIMIT) channel.gaps.shift()
        return
      }
      case 'publish': {
        const { publishes } = this.#channel(entry.channel)
        publishes.set(entry.outcome, (publishes.get(entry.outcome) ?? 0) + 1)
        return
      }
      // It is told just before the transition that it belongs to.
      case 'delay':
        this.#delayMs = entry.delayMs
        return
      default:
        this.moments.add({ ...entry, delayMs: entry.type === 'transition' ? this.#delayMs : undefined })
        this.#delayMs = undefined
    }
  }

  #channel(name: string): ChannelRecord {
    const known = this.channels.get(name)
    if (known) return known
    const record: ChannelRecord = { cause: '', state: 'left', gaps: [], gapCount: 0, publishes: new Map() }
    this.channels.set(name, record)
    const [oldest] = this.channels.keys()
    if (this.channels.size > CHANNEL_LIMIT && oldest !== undefined) this.channels.delete(oldest)
    return record
  }
}
