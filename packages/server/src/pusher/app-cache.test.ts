import { createFakeClock } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { AppCache } from './app-cache.ts'

const event = (payload: string) => ({ event: 'E', payload })

describe('AppCache', () => {
  it('keeps the last event of a channel as long as it is fresh', async () => {
    const clock = createFakeClock()
    const cache = new AppCache(clock)
    cache.set('cache-a', event('1'), { cacheMs: 1000, cacheBytes: 1000 })
    cache.set('cache-a', event('2'), { cacheMs: 1000, cacheBytes: 1000 })
    expect(cache.get('cache-a')).toEqual(event('2'))
    await clock.advance(1000)
    expect(cache.get('cache-a')).toBeUndefined()
  })

  it('lets go of what was written longest ago when it is over its bytes', () => {
    const cache = new AppCache(createFakeClock())
    const limits = { cacheMs: 1000, cacheBytes: 2500 }
    for (const name of ['a', 'b', 'a', 'c']) cache.set(name, event('x'.repeat(500)), limits)
    expect(['a', 'b', 'c'].filter((name) => cache.get(name))).toEqual(['a', 'c'])
    cache.set('d', event('x'.repeat(2000)), limits)
    expect(['a', 'c', 'd'].filter((name) => cache.get(name))).toEqual([])
    for (const name of ['a', 'b']) cache.set(name, event('x'.repeat(500)), limits)
    expect(['a', 'b'].filter((name) => cache.get(name))).toEqual(['a', 'b'])
  })
})
