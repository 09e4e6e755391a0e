/** Time, as far as the server needs it; tests hand in one that they move. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number
  /** Milliseconds since 1970. */
  date(): number
  /** Calls once after a delay; the result takes it back. Never keeps the process. */
  after(delayMs: number, run: () => void): () => void
}

const LONGEST_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(delayMs, LONGEST_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
