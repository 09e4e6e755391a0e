export type Cancel = () => void

/** The only door to time and chance. Tests replace it; nothing else touches the globals. */
export interface Clock {
  /** Milliseconds that only ever grow. */
  now(): number
  /** Wall-clock milliseconds since 1970, which may jump. */
  date(): number
  /** A number in [0, 1). */
  random(): number
  /**
   * Runs once, `ms` from now. In Node the timer lets the process end unless `keepsProcess`.
   * Any length works, also beyond the 2^31-1 ms at which timers of the platform fire at once.
   */
  after(ms: number, run: () => void, keepsProcess?: boolean): Cancel
}

const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  random: () => Math.random(),
  after(ms, run, keepsProcess) {
    let timer: ReturnType<typeof setTimeout>
    const arm = (left: number): void => {
      const step = Math.min(left, LONGEST_TIMER_MS)
      timer = setTimeout(() => (left > step ? arm(left - step) : run()), step)
      if (!keepsProcess) (timer as { unref?(): void }).unref?.()
    }
    arm(ms)
    return () => clearTimeout(timer)
  },
}
