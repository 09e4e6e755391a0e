/** Time, as far as the server needs it; tests hand in one that they move. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number
  /** Milliseconds since 1970. */
  date(): number
  /** Calls once after a delay of any length; the result takes it back. Never keeps the process. */
  after(delayMs: number, run: () => void): () => void
}

const LONGEST_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(delayMs, run) {
    let timer: ReturnType<typeof setTimeout>
    const arm = (left: number): void => {
      const step = Math.min(left, LONGEST_MS)
      timer = setTimeout(() => (left > step ? arm(left - step) : run()), step)
      timer.unref()
    }
    arm(delayMs)
    return () => clearTimeout(timer)
  },
}
