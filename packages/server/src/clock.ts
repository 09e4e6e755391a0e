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
    if (delayMs <= LONGEST_MS) timer = setTimeout(run, delayMs).unref()
    else {
      let left = delayMs
      const arm = (): void => {
        const step = Math.min(left, LONGEST_MS)
        left -= step
        timer = setTimeout(left > 0 ? arm : run, step).unref()
      }
      arm()
    }
    return () => clearTimeout(timer)
  },
}
