import type { Stored } from '../adapter.ts'
import type { Clock } from '../clock.ts'
import type { Numbers } from '../ranges.ts'

const MOST_CHANNELS = 10_000

/** The last event of each cache channel of an app, for as long as it is fresh. */
export class AppCache {
  readonly #clock: Clock
  readonly #last = new Map<string, { readonly frame: CachedEvent; readonly until: number }>()

  #bytes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(channel: string): CachedEvent | undefined {
    const found = this.#last.get(channel)
    if (!found || found.until > this.#clock.now()) return found?.frame
    this.#delete(channel)
    return undefined
  }

  /** What was written longest ago gives way. */
  set(channel: string, frame: CachedEvent, { cacheMs, cacheBytes }: CacheLimits): void {
    this.#delete(channel)
    this.#last.set(channel, { frame, until: this.#clock.now() + cacheMs })
    this.#bytes += toBytes(channel, frame)
    for (const oldest of this.#last.keys()) {
      if (this.#last.size <= MOST_CHANNELS && this.#bytes <= cacheBytes) return
      this.#delete(oldest)
    }
  }

  #delete(channel: string): void {
    const found = this.#last.get(channel)
    if (!found) return
    this.#last.delete(channel)
    this.#bytes -= toBytes(channel, found.frame)
  }
}

type CacheLimits = Pick<Numbers<'pusher'>, 'cacheMs' | 'cacheBytes'>

/** As they are kept: a letter beyond Latin takes two, which is what counts here. */
const toBytes = (channel: string, { event, payload }: CachedEvent): number =>
  2 * (channel.length + event.length) +
  (typeof payload === 'string' ? 2 * payload.length : (payload?.length ?? 0))

export type CachedEvent = Pick<Stored, 'event' | 'payload'>
