import { systemClock } from '../../clock.ts'
import type { Settings } from '../../config/settings.ts'
import { toRedisOptions } from '../../config/to-redis-options.ts'
import { ServerError } from '../../errors.ts'
import { describeRedis, resolveRedis } from '../../redis/redis-options.ts'
import { openSession, type RedisSession } from '../../redis/redis-session.ts'
import { DURABLE } from '../../redis/run-of-redis.ts'
import { createScript } from '../../redis/script.ts'
import { compareClocks } from './check-clock.ts'
import { type Finding, fail, ok } from './finding.ts'

/** Seconds since 1970, and microseconds. */
const timeScript = createScript(`return redis.call('TIME')`)

/** Whether the Redis that nodes share answers, and whether its clock is that of this machine. */
export async function checkRedis(
  settings: Settings,
  now: () => number = Date.now,
): Promise<readonly Finding[]> {
  if (settings.get('adapter') !== 'redis') return []
  let session: RedisSession | undefined
  try {
    const redis = resolveRedis(toRedisOptions(settings) ?? {})
    session = await openSession(redis, [timeScript], systemClock, { message() {}, over() {} })
    const place = describeRedis(redis)
    const askedAt = now()
    const [seconds, micros] = (await session.call(timeScript, [], [])) as readonly Buffer[]
    const theirs = Number(`${seconds}`) * 1000 + Number(`${micros}`) / 1000
    return [
      session.run === DURABLE
        ? ok(`Redis answers at ${place}, and loses nothing that it has answered`)
        : ok(`Redis answers at ${place}; after a restart or failover of it clients are told a gap`),
      compareClocks({ whose: 'Redis', theirs, askedAt, answeredAt: now() }),
    ]
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const isAway = ServerError.is(error, 'store.away')
    const advice = isAway ? 'Start Redis there, or correct the options `redis.*`' : 'Correct this option'
    return [fail(message, advice)]
  } finally {
    session?.end()
  }
}
