import fc from 'fast-check'
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
    ['{a}-{b}', 'x-y-z', { a: 'x-y', b: 'z' }],
    ['{a}-{b}.{c}', 'x-.y', undefined],
    ['{a}-{b}*', 'x-y/z-w', { a: 'x', b: 'y' }],
    ['{a}{b}', '😀é', { a: '😀', b: 'é' }],
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

  it('fills holes as a regular expression would', () => {
    const [piece, char] = [
      fc.constantFrom('{}', 'a', '-', '.', 'a-', ''),
      fc.constantFrom('a', 'b', '-', '.', ' ', '😀'),
    ]
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }),
        fc.boolean(),
        fc.array(char, { maxLength: 9 }),
        (pieces, isOpen, chars) => {
          const [parts, name] = [
            pieces.map((part, index) => part.replace('{}', `{h${index}}`)),
            chars.join(''),
          ]
          const end = isOpen ? '*' : ''
          const source = parts
            .join('')
            .replaceAll('.', '\\.')
            .replace(/\{(\w+)\}/g, '(?<$1>[^\\s.]+)')
          const found = new RegExp(`^${source}${isOpen ? '.*' : ''}$`, 'su').exec(name)
          fc.pre(parts.join('') + end !== '')
          expect(match(parts.join('') + end, name)).toEqual(found ? { ...found.groups } : undefined)
        },
      ),
      { numRuns: 5000 },
    )
  })

  it('takes time that grows with the name, not with its powers', () => {
    const pattern = toPattern('{a}-{b}-{c}-{d}')
    // With the powers of its four holes it would take minutes.
    expect(pattern?.match(`${'-x'.repeat(20_000)} `)).toBeUndefined()
  })
})
