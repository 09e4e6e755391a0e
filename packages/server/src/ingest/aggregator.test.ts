import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Aggregator } from './aggregator.ts'

describe('Aggregator', () => {
  it('takes rows together by key, each member by itself', () => {
    const aggregator = new Aggregator()
    aggregator.add('a', { temperature: 20, humidity: 50 })
    aggregator.add('b', { temperature: 1 })
    aggregator.add('a', { temperature: 30, tag: 'a', at: null })
    expect(aggregator.take(1000, 2000)).toEqual([
      {
        key: 'a',
        from: 1000,
        to: 2000,
        count: 2,
        values: {
          temperature: { average: 25, min: 20, max: 30, count: 2 },
          humidity: { average: 50, min: 50, max: 50, count: 1 },
        },
      },
      {
        key: 'b',
        from: 1000,
        to: 2000,
        count: 1,
        values: { temperature: { average: 1, min: 1, max: 1, count: 1 } },
      },
    ])
    expect(aggregator.take(2000, 3000)).toEqual([])
  })

  it('knows the largest of numbers that are all negative, and leaves out what is no number', () => {
    const aggregator = new Aggregator(['v'])
    for (const v of [-3, -1.5, -2, Number.NaN, Infinity, '7', null, undefined, [1]])
      aggregator.add('', { v, other: 1 })
    expect(aggregator.take(0, 1)[0]?.values).toEqual({
      v: { average: -6.5 / 3, min: -3, max: -1.5, count: 3 },
    })
  })

  it('agrees with arithmetic', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 }), (numbers) => {
        const aggregator = new Aggregator()
        for (const v of numbers) aggregator.add('', { v })
        const { v } = aggregator.take(0, 1)[0]?.values ?? {}
        const sum = numbers.reduce((before, each) => before + each, 0)
        expect(v).toEqual({
          average: sum / numbers.length,
          min: Math.min(...numbers),
          max: Math.max(...numbers),
          count: numbers.length,
        })
      }),
    )
  })

  it('takes a member of any name, and not without end', () => {
    const aggregator = new Aggregator()
    aggregator.add('', JSON.parse('{"__proto__":1,"constructor":2}'))
    for (let n = 0; n < 200; n++) aggregator.add('', { [`m${n}`]: n })
    const { values } = aggregator.take(0, 1)[0] ?? { values: {} }
    expect(Object.keys(values).length).toBe(100)
    expect(Object.getOwnPropertyDescriptor(values, '__proto__')?.value).toMatchObject({ average: 1 })
  })
})
