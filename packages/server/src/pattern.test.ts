import { describe, expect, it } from 'vitest'
import { toPattern } from './pattern.ts'

const match = (text: string, name: string) => {
  const found = toPattern(text)?.match(name)
  return found && { ...found }
}

describe('toPattern', () => {
  it.each([
    ['a.b', 'a.b', {}],
    ['a.b', 'axb', undefined],
    ['booking.{id}', 'booking.42', { id: '42' }],
    ['booking.{id}', 'booking.', undefined],
    ['booking.{id}', 'booking.4.2', undefined],
    ['booking.{id}', 'booking.4/2', undefined],
    ['booking.{id}', 'booking.4 2', undefined],
    ['booking.{id}', 'booking.42\n', undefined],
    ['{a}.{b}', 'x.y', { a: 'x', b: 'y' }],
    ['desk-{id}-x', 'desk-ä-x', { id: 'ä' }],
    ['public.*', 'public.', {}],
    ['public.*', 'public.a/b.c\nd', {}],
    ['public.*', 'publicx', undefined],
    ['{id}.*', 'a.b.c', { id: 'a' }],
    ['*', 'anything', {}],
    ['/app/{key}', '/app/k', { key: 'k' }],
  ])('%s on %j gives %j', (text, name, params) => {
    expect(match(text, name)).toEqual(params)
  })

  it.each(['', 'a{', 'a}b', '{}', '{a}.{a}', 'a*b', '**'])('refuses %j', (text) => {
    expect(toPattern(text)).toBeUndefined()
  })

  it('ranks what says more before what says less', () => {
    const texts = ['*', 'booking.*', '{any}', 'booking.{id}', 'booking.42']
    const byRank = texts.map((text) => toPattern(text)).sort((a, b) => (a?.rank ?? 0) - (b?.rank ?? 0))
    expect(byRank.map((pattern) => pattern?.text)).toEqual([
      'booking.42',
      'booking.{id}',
      '{any}',
      'booking.*',
      '*',
    ])
  })

  it('takes time that grows with the name, not with its powers', () => {
    const pattern = toPattern('{a}-{b}-{c}-{d}')
    const startedAt = performance.now()
    expect(pattern?.match(`${'-x'.repeat(100)} `)).toBeUndefined()
    expect(performance.now() - startedAt).toBeLessThan(1000)
  })
})
