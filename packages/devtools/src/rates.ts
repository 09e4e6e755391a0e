/** Seconds that are kept. */
export const SECONDS = 60

export type Direction = 'in' | 'out'

/** What went over the wire in one second. */
export interface Second {
  readonly frames: number
  readonly bytes: number
}

type Counts = { second: number; frames: number; bytes: number }

const nothing: Second = { frames: 0, bytes: 0 }

/** Counts frames by the second, for the last minute. */
export class Rates {
  readonly #rings: Readonly<Record<Direction, Counts[]>> = { in: [], out: [] }

  add(direction: Direction, at: number, bytes: number): void {
    const second = Math.floor(at / 1000)
    const ring = this.#rings[direction]
    const slot = second % SECONDS
    const counts = ring[slot]
    if (counts?.second !== second) ring[slot] = { second, frames: 1, bytes }
    else {
      counts.frames++
      counts.bytes += bytes
    }
  }

  /** The whole seconds of the last minute, the newest last: the one that is under way is not among them. */
  past(direction: Direction, now: number): readonly Second[] {
    const first = Math.floor(now / 1000) - SECONDS
    return Array.from({ length: SECONDS }, (_, index) => {
      const counts = this.#rings[direction][(first + index) % SECONDS]
      return counts?.second === first + index ? counts : nothing
    })
  }
}
