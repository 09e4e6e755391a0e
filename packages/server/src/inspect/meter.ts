import type { Rates } from './report.ts'

/** Counts frames, and says how many there were a second. */
export class Meter {
  #since: number
  #framesIn = 0
  #framesOut = 0
  #bytesIn = 0
  #bytesOut = 0

  constructor(now: number) {
    this.#since = now
  }

  count(direction: 'in' | 'out', bytes: number): void {
    if (direction === 'in') {
      this.#framesIn++
      this.#bytesIn += bytes
    } else {
      this.#framesOut++
      this.#bytesOut += bytes
    }
  }

  /** Since it was last asked. */
  take(now: number): Rates {
    const seconds = Math.max(now - this.#since, 1) / 1000
    const rate = (count: number): number => Math.round(count / seconds)
    const rates = {
      framesIn: rate(this.#framesIn),
      framesOut: rate(this.#framesOut),
      bytesIn: rate(this.#bytesIn),
      bytesOut: rate(this.#bytesOut),
    }
    this.#since = now
    this.#framesIn = this.#framesOut = this.#bytesIn = this.#bytesOut = 0
    return rates
  }
}
