import type { RedisOptions } from '../redis/redis-options.ts'
import { readFiles } from './read-files.ts'
import type { Settings } from './settings.ts'

const WAYS = ['url', 'host', 'sentinels', 'cluster'] as const

/** What the configuration says of the Redis that nodes share, when they share one. */
export function toRedisOptions(settings: Settings): RedisOptions | undefined {
  if (settings.get('adapter') !== 'redis') return undefined
  const all = Object.entries(settings.group('redis')).filter(([name]) => !name.startsWith('tls.'))
  const given = all.filter(([name]) => settings.source(`redis.${name}`) !== undefined)
  const tls = readFiles(settings, 'redis.tls', ['ca', 'cert', 'key'])
  const isSecure = settings.get<boolean>('redis.tls.enabled')
  const hasFiles = Object.keys(tls).length > 0
  return {
    ...Object.fromEntries(given),
    ...(hasFiles ? { tls } : isSecure !== undefined && { tls: isSecure }),
  }
}

/** Which of the ways to say where it is were taken. */
export const waysToRedis = (settings: Settings): readonly string[] =>
  WAYS.map((way) => `redis.${way}`).filter((name) => settings.source(name) !== undefined)
