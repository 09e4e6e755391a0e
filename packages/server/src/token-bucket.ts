import type { Clock } from './clock.ts'

/** Lets `perSecond` things through on average, `burst` at once. */
export class TokenBucket {
  readonly #perMs: number
  readonly #burst: number
  readonly #clock: Clock
  #left: number
  #at: number

  constructor({ perSecond, burst }: { readonly perSecond: number; readonly burst: number }, clock: Clock) {
    this.#perMs = perSecond / 1000
    this.#burst = burst
    this.#clock = clock
    this.#left = burst
    this.#at = clock.now()
  }

  /** How many may pass now. */
  get left(): number {
    this.#fill()
    return Math.floor(this.#left)
  }

  /** 0 when it may pass, else after how long it may be tried again. Many pass together or not at all. */
  take(count = 1): number {
    this.#fill()
    if (this.#left < count) return Math.ceil((count - this.#left) / this.#perMs)
    this.#left -= count
    return 0
  }

  #fill(): void {
    const now = this.#clock.now()
    this.#left = Math.min(this.#burst, this.#left + (now - this.#at) * this.#perMs)
    this.#at = now
  }
}
