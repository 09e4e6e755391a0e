import type { Clock } from '@org/realtime-core/kit'
import { seededRandom } from './random.ts'
import { settled } from './settled.ts'
import { createTimerQueue, type Timer } from './timer-queue.ts'

export interface FakeClockOptions {
  /** What `random` starts from. The same seed gives the same test. @default 1 */
  readonly seed?: number
  /** Wall-clock time at the start. @default 2030-01-01T00:00:00Z */
  readonly date?: number
}

export interface PendingTimer {
  readonly dueIn: number
  readonly keepsProcess: boolean
}

/** A clock that moves only when told to. */
export interface FakeClock extends Clock {
  /** Lets time pass and runs what falls due, in order; promises go on after each timer, as in life. */
  advance(ms: number): Promise<void>
  /** The same without promises going on in between: for simulations of many clients. */
  advanceSync(ms: number): void
  /**
   * Runs timers until none is left. Rejects after `limit` of them, because a connected client always has
   * one more. @default 10000
   */
  runAll(limit?: number): Promise<void>
  /**
   * Stops the process for a while (SIGSTOP, a frozen tab): time passes on both clocks, and afterwards every
   * timer that fell due runs late, at once. Of a machine that sleeps, only the wall clock may go on: that
   * is `jumpDate`.
   */
  sleep(ms: number): Promise<void>
  /** Moves the wall clock alone, forwards or backwards. */
  jumpDate(ms: number): void
  /** Replaces `random`; without an argument the seeded one is back. */
  setRandom(random?: () => number): void
  /** Timers not yet run, the next one first. */
  readonly pending: readonly PendingTimer[]
}

/** Time and chance for tests: starts at 0, never moves by itself. */
export function createFakeClock({ seed = 1, date = Date.UTC(2030, 0, 1) }: FakeClockOptions = {}): FakeClock {
  const queue = createTimerQueue()
  const seeded = seededRandom(seed)
  let random = seeded
  let now = 0
  let dateAtStart = date
  let moving = false

  /** Runs the next timer if it is due by then; the clock never goes back for a late one. */
  const runNext = (by: number): boolean => {
    const timer = queue.peek()
    if (!timer || timer.dueAt > by) return false
    queue.remove(timer)
    now = Math.max(now, timer.dueAt)
    timer.run()
    return true
  }

  const move = async (run: () => Promise<void>): Promise<void> => {
    if (moving) throw new Error('The fake clock is moving already: await the call before')
    moving = true
    try {
      await settled()
      await run()
    } finally {
      moving = false
    }
  }

  const runDue = async (by: number): Promise<void> => {
    while (runNext(by)) await settled()
  }

  return {
    now: () => now,
    date: () => dateAtStart + now,
    random: () => random(),
    after(ms, run, keepsProcess = false) {
      if (Number.isNaN(ms)) throw new RangeError('Cannot wait for NaN ms')
      const timer: Timer = { dueAt: now + Math.max(0, ms), run, keepsProcess }
      queue.add(timer)
      return () => queue.remove(timer)
    },
    advance: (ms) =>
      move(async () => {
        const end = now + ms
        await runDue(end)
        now = end
      }),
    advanceSync(ms) {
      const end = now + ms
      while (runNext(end));
      now = end
    },
    runAll: (limit = 10_000) =>
      move(async () => {
        for (let count = 0; runNext(count < limit ? Number.MAX_VALUE : -1); count++) await settled()
        const { dueAt = Infinity } = queue.peek() ?? {}
        if (dueAt < Infinity)
          throw new Error(`After ${limit} timers the next one is due in ${dueAt - now} ms`)
      }),
    sleep: (ms) =>
      move(async () => {
        now += ms
        await runDue(now)
      }),
    jumpDate(ms) {
      dateAtStart += ms
    },
    setRandom(next = seeded) {
      random = next
    },
    get pending() {
      return queue.list().map(({ dueAt, keepsProcess }) => ({ dueIn: dueAt - now, keepsProcess }))
    },
  }
}
