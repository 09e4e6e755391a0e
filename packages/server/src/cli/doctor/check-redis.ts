import { systemClock } from '../../clock.ts'
import type { Settings } from '../../config/settings.ts'
import { toRedisOptions } from '../../config/to-redis-options.ts'
import { ServerError } from '../../errors.ts'
import { describeRedis, resolveRedis } from '../../redis/redis-options.ts'
import { openSession } from '../../redis/redis-session.ts'
import { DURABLE } from '../../redis/run-of-redis.ts'
import { type Finding, fail, ok } from './finding.ts'

/** Whether the Redis that nodes share answers. */
export async function checkRedis(settings: Settings): Promise<readonly Finding[]> {
  if (settings.get('adapter') !== 'redis') return []
  try {
    const redis = resolveRedis(toRedisOptions(settings) ?? {})
    const session = await openSession(redis, [], systemClock, { message() {}, over() {} })
    session.end()
    const place = describeRedis(redis)
    return [
      session.run === DURABLE
        ? ok(`Redis answers at ${place}, and loses nothing that it has answered`)
        : ok(`Redis answers at ${place}; after a restart or failover of it clients are told a gap`),
    ]
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const isAway = ServerError.is(error, 'store.away')
    const advice = isAway ? 'Start Redis there, or correct the options `redis.*`' : 'Correct this option'
    return [fail(message, advice)]
  }
}
