import { type Backoff, backoffDelay, firstDelay } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { Verdict } from './protocol.ts'

export interface Retry {
  /** Failures in a row. */
  readonly failures: number
  /** The delay before the next try, or nothing when the budget is used up. `upMs`: how long it was up, if it was. */
  failed(verdict: Verdict, upMs: number, hidden: boolean): number | undefined
  /** The server asked not to be bothered for this long; good for the next delay alone. */
  advise(ms: number): void
  reset(): void
}

/** Counts failures and turns them into delays. Only a connection that was stable makes it forget. */
export function createRetry(backoff: Backoff, clock: Clock): Retry {
  let failures = 0
  let firstFailureAt = 0
  let notBefore = 0
  const random = (): number => clock.random()

  const delay = (verdict: Verdict, stable: boolean, hidden: boolean): number => {
    if (notBefore > clock.now()) return notBefore - clock.now() + firstDelay(backoff, random)
    if (verdict === 'retry-now' && failures === 1) return 0
    const usual = stable ? firstDelay(backoff, random) : backoffDelay(backoff, failures, random)
    return hidden && failures > 3 ? Math.max(usual, backoff.capMs * (1 + random() / 2)) : usual
  }

  return {
    get failures() {
      return failures
    },
    failed(verdict, upMs, hidden) {
      const stable = upMs >= backoff.stableMs
      if (stable) failures = 0
      if (++failures === 1) firstFailureAt = clock.now()
      const isOver = failures > backoff.maxAttempts || clock.now() - firstFailureAt >= backoff.maxElapsedMs
      const ms = isOver ? undefined : delay(verdict, stable, hidden)
      notBefore = 0
      return ms
    },
    advise(ms) {
      notBefore = clock.now() + ms
    },
    reset() {
      failures = 0
      notBefore = 0
    },
  }
}
