import type { Clock } from './clock.ts'
import { TokenBucket } from './token-bucket.ts'

/** Lets everything through, but no faster than a rate: what is too fast waits. */
export class Pace {
  readonly #bucket: TokenBucket
  readonly #burst: number
  readonly #clock: Clock
  #cancel = (): void => {}

  constructor(rate: { readonly perSecond: number; readonly burst: number }, clock: Clock) {
    this.#bucket = new TokenBucket(rate, clock)
    this.#burst = rate.burst
    this.#clock = clock
  }

  /** What to wait for; nothing when it may go on at once. Whoever waits must not ask for more meanwhile. */
  pass(count = 1): Promise<void> | undefined {
    const waitMs = this.#bucket.take(Math.min(count, this.#burst))
    if (!waitMs) return undefined
    return new Promise<void>((resolve) => {
      this.#cancel = this.#clock.after(waitMs, resolve)
    }).then(() => this.pass(count))
  }

  /** Whoever waits does so for ever. */
  stop(): void {
    this.#cancel()
  }
}
