import type { Clock } from '@org/realtime-core/kit'

export interface RateLimit {
  readonly count: number
  readonly perMs: number
}

/** True for each call that is within the limit. */
export function createRateLimit(limit: RateLimit | false): (clock: Clock) => boolean {
  const times: number[] = []
  return (clock) => {
    if (!limit) return true
    const { count, perMs } = limit
    const now = clock.now()
    if (times.length >= count && !(now - (times[0] as number) >= perMs)) return false
    times.push(now)
    if (times.length > count) times.shift()
    return true
  }
}
