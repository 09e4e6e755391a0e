import { describe, expect, it } from 'vitest'
import { resolveOptions } from '../options.ts'
import { describeRedis, type RedisOptions, resolveRedis } from './redis-options.ts'

describe('resolveRedis', () => {
  it.each<readonly [RedisOptions, string]>([
    [{}, '127.0.0.1:6379'],
    [{ host: 'r', port: 7000 }, 'r:7000'],
    [{ url: 'rediss://ann:s%2F@r:7000/3' }, 'r:7000'],
    [{ url: 'redis://[::1]' }, '[::1]:6379'],
    [{ sentinels: ['a', 'b:1'] }, 'the sentinels a:26379, b:1'],
    [{ cluster: ['a', '[::1]:7'] }, 'the cluster of a:6379, [::1]:7'],
  ])('finds %j at %s', (options, place) => {
    expect(describeRedis(resolveRedis(options))).toBe(place)
  })

  it('takes from an address all that it says', () => {
    expect(resolveRedis({ url: 'rediss://ann:s%2F@r:7000/3' })).toMatchObject({
      username: 'ann',
      password: 's/',
      db: 3,
      tls: {},
    })
  })

  it.each<readonly [RedisOptions, string]>([
    [{ url: 'http://r' }, 'redis.url'],
    [{ url: 'redis://r/secret' }, 'redis.url'],
    [{ url: 'redis://r', host: 'r' }, 'redis.host'],
    [{ cluster: ['r'], db: 1 }, 'redis.db'],
    [{ sentinels: [] }, 'redis.sentinels'],
    [{ cluster: ['a b'] }, 'redis.cluster'],
    [{ cluster: ['a:99999'] }, 'redis.cluster'],
    [{ keyPrefix: 'a{b}' }, 'redis.keyPrefix'],
    [{ port: 0 }, 'redis.port'],
    [{ leaseMs: 10 }, 'redis.leaseMs'],
  ])('refuses %j by %s', (options, option) => {
    expect(() => resolveRedis(options)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ option }) }),
    )
  })

  it('shows no password that was written the wrong way', () => {
    expect(() => resolveRedis({ url: 'redis//:secret@r' })).toThrow(expect.not.stringContaining('secret'))
  })
})

it('is of no use without the adapter, which is said', () => {
  expect(() => resolveOptions({ mode: 'development', redis: {} })).toThrow(/adapter must be 'redis'/)
})
