import { createFakeClock, settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { type Numbers, numbers } from '../ranges.ts'
import type { IngestSource, Row } from './ingest-options.ts'
import { Source } from './source.ts'

function setup(source: Partial<IngestSource>, limits: Partial<Numbers<'ingest'>> = {}) {
  const clock = createFakeClock()
  const published: (readonly [channel: string, event: string, payload: object])[] = []
  const crashes: string[] = []
  let answer: () => Promise<unknown> = async () => {}
  const made = new Source(
    'scada',
    { channel: 'live', ...source },
    {
      options: { ...numbers('ingest', limits), token: '', sources: {} },
      clock,
      publish(...all) {
        published.push(all)
        return answer()
      },
      crash: (error, where) => crashes.push(`${where}: ${error}`),
    },
  )
  return {
    clock,
    crashes,
    take: (...rows: readonly object[]) => made.take(rows as readonly Row[]),
    flush: () => made.flush(),
    published: () => published.splice(0),
    answerBy: (next: typeof answer) => {
      answer = next
    },
  }
}

const row = (tag: string, value: number) => ({ tag, value })

describe('rows of a source', () => {
  it('all go out without a throttle, in order, named as the source', () => {
    const { take, published } = setup({})
    expect(take(row('a', 1), row('a', 2))).toBeUndefined()
    expect(published()).toEqual([
      ['live', 'scada', row('a', 1)],
      ['live', 'scada', row('a', 2)],
    ])
  })

  it('of which the first goes out at once, then the last of each key in a window, and the last of all always', async () => {
    const { take, published, clock } = setup({ throttle: { everyMs: 100, key: 'tag', keep: 'latest' } })
    const values = () => published().map(([, , payload]) => Object.values(payload).join(' '))
    for (let at = 0; at < 1000; at += 10) {
      take(row('a', at), row('b', -at))
      await clock.advance(10)
    }
    const heard = values()
    expect(heard.slice(0, 3)).toEqual(['a 0', 'a 90', 'b -90'])
    await clock.advance(90)
    const late = values()
    expect([...heard, ...late].slice(-2)).toEqual(['a 990', 'b -990'])
    expect([...heard, ...late].length).toBeLessThanOrEqual(24)
    await clock.advance(1000)
    expect([values(), clock.pending]).toEqual([[], []])
  })

  it('are added up in windows, besides or instead', async () => {
    const aggregate = { everyMs: 1000, key: 'tag', values: ['value'], channel: 'sums', event: 'Summed' }
    const { take, published, clock } = setup({ rows: false, aggregate })
    const from = clock.date()
    take(row('a', -1), row('a', -3), row('b', 5))
    await clock.advance(999)
    expect(published()).toEqual([])
    await clock.advance(1)
    const about = { from, to: from + 1000 }
    expect(published()).toEqual([
      [
        'sums',
        'Summed',
        { key: 'a', ...about, count: 2, values: { value: { average: -2, min: -3, max: -1, count: 2 } } },
      ],
      [
        'sums',
        'Summed',
        { key: 'b', ...about, count: 1, values: { value: { average: 5, min: 5, max: 5, count: 1 } } },
      ],
    ])
    expect(clock.pending).toEqual([])
    take(row('a', 1))
    await clock.advance(1000)
    expect(published().length).toBe(1)
  })

  it('are all refused when one is wrong', () => {
    const { take, published } = setup({ throttle: { everyMs: 100, key: 'tag' } })
    expect(take(row('a', 1), { value: 2 })).toEqual({ wrong: 'Row 1 has no text or number `tag`' })
    expect(take(row('a', 1), [] as object)).toEqual({ wrong: 'Row 1 is no object' })
    expect(published()).toEqual([])
  })

  it('are all refused over the rate, with when to come back', async () => {
    const { take, clock, published } = setup({}, { perSecond: 2, burst: 2 })
    expect(take(row('a', 1))).toBeUndefined()
    expect(take(row('a', 2), row('a', 3))).toEqual({ retryMs: 500, why: 'Too many rows, too fast' })
    expect(published().length).toBe(1)
    await clock.advance(500)
    expect(take(row('a', 2), row('a', 3))).toBeUndefined()
  })

  it('are refused while too many wait to be published', async () => {
    const { take, answerBy } = setup({}, { queued: 2 })
    const waiting: (() => void)[] = []
    answerBy(() => new Promise<void>((resolve) => void waiting.push(resolve)))
    expect(take(row('a', 1), row('a', 2))).toBeUndefined()
    expect(take(row('a', 3))).toEqual({ retryMs: 1000, why: 'Too many rows wait' })
    for (const done of waiting) done()
    await settled()
    expect(take(row('a', 3))).toBeUndefined()
  })

  it('are refused while they have more keys than are aggregated at once', async () => {
    const { take, clock } = setup({ aggregate: { everyMs: 500, key: 'tag' } }, { keys: 2 })
    take(row('a', 1), row('b', 1))
    expect(take(row('b', 2), row('c', 1))).toEqual({ retryMs: 500, why: 'Too many keys are aggregated' })
    expect(take(row('b', 2))).toBeUndefined()
    await clock.advance(500)
    expect(take(row('c', 1))).toBeUndefined()
    await clock.advance(500)
  })

  it('that cannot be published are told of once a second', async () => {
    const { take, answerBy, crashes, clock } = setup({})
    answerBy(() => Promise.reject(new Error('too large')))
    take(row('a', 1), row('a', 2), row('a', 3))
    await settled()
    await clock.advance(1000)
    take(row('a', 4))
    await settled()
    expect(crashes).toEqual(Array(2).fill('ingest scada: Error: too large'))
  })

  it('go out at once when the server goes away, with what they come to so far', async () => {
    const windows = { throttle: { everyMs: 500 }, aggregate: { everyMs: 500, event: 'Summed' } }
    const { take, flush, published, clock } = setup(windows)
    take(row('a', 1), row('a', 2), row('a', 3))
    expect(published()).toEqual([['live', 'scada', row('a', 1)]])
    await settled()
    await flush()
    const value = { average: 2, min: 1, max: 3, count: 3 }
    expect(published()).toMatchObject([
      ['live', 'scada', row('a', 3)],
      ['live', 'Summed', { count: 3, values: { value } }],
    ])
    await flush()
    expect([published(), clock.pending]).toEqual([[], []])
  })
})
