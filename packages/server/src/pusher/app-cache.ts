import type { Stored } from '../adapter.ts'
import type { Clock } from '../clock.ts'

const MOST_CHANNELS = 10_000

/** The last event of each cache channel of an app, for as long as it is fresh. */
export class AppCache {
  readonly #clock: Clock
  readonly #last = new Map<string, { readonly frame: CachedEvent; readonly until: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(channel: string): CachedEvent | undefined {
    const found = this.#last.get(channel)
    if (!found || found.until > this.#clock.now()) return found?.frame
    this.#last.delete(channel)
    return undefined
  }

  /** The least recently written gives way. */
  set(channel: string, frame: CachedEvent, forMs: number): void {
    this.#last.delete(channel)
    this.#last.set(channel, { frame, until: this.#clock.now() + forMs })
    if (this.#last.size <= MOST_CHANNELS) return
    for (const oldest of this.#last.keys()) return void this.#last.delete(oldest)
  }
}

export type CachedEvent = Pick<Stored, 'event' | 'payload'>
