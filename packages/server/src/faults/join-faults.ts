import type { Denial } from '../authorize.ts'
import type { Clock } from '../clock.ts'
import { TokenBucket } from '../token-bucket.ts'
import type { Armed } from './armed.ts'
import { toDenial } from './to-denial.ts'

/** What rules do to the joins of one connection. */
export class JoinFaults {
  readonly #clock: Clock
  readonly #limits = new WeakMap<Armed, TokenBucket>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  suffer(armed: Armed<'join'>): Denial | undefined {
    const { rule } = armed
    if (rule.do === 'refuse') return toDenial(rule)
    const { count: burst, perMs } = rule
    const bucket =
      this.#limits.get(armed) ?? new TokenBucket({ burst, perSecond: (burst * 1000) / perMs }, this.#clock)
    this.#limits.set(armed, bucket)
    const retryMs = bucket.take()
    return retryMs ? { refuse: 'rate-limited', retryMs } : undefined
  }
}
