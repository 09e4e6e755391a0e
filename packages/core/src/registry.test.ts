import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { RealtimeError } from './errors.ts'
import { type Channels, createRegistry, defineChannels, event, members } from './registry.ts'

const schema = z.object({ seats: z.number() })
const channels = defineChannels({
  availability: { Updated: event<number>(), Changed: schema },
  'private-booking.{userId}': { Updated: event<string>() },
  'room.{id}.{kind}': { Said: schema },
  'desk-{id}': { [members]: event<string>() },
})

const details = (run: () => unknown): RealtimeError<'option.invalid'>['details'] => {
  try {
    run()
  } catch (error) {
    return (error as RealtimeError<'option.invalid'>).details
  }
  throw new Error('nothing was thrown')
}

describe('name', () => {
  const { name } = createRegistry(channels, '.')

  it('fills parameters in', () => {
    expect([
      name('availability'),
      name('availability', null),
      name('private-booking.{userId}', { userId: 42 }),
      name('private-booking.{userId}', { userId: 'Zoë-1_2@x,=;:$&' }),
      name('private-booking.{userId}', { userId: -7 }),
      name('room.{id}.{kind}', { kind: 'chat', id: 0 }),
      name('desk-{id}', { id: '🪑' }),
    ]).toEqual([
      'availability',
      'availability',
      'private-booking.42',
      'private-booking.Zoë-1_2@x,=;:$&',
      'private-booking.-7',
      'room.0.chat',
      'desk-🪑',
    ])
  })

  it('takes a value as it is where a replacement would have a meaning', () => {
    expect(name('private-booking.{userId}', { userId: '$&$1' })).toBe('private-booking.$&$1')
  })

  const outside = [...' ./+#{}\t\n\0\x1b\x7f\u0085\u00a0\u2028\ufeff\ud800']
  const unwritable = [NaN, Infinity, -Infinity, 1.5, 1e21]
  const strange = [undefined, null, true, 7n, Symbol('7'), ['7'], { toString: () => '7' }]

  it.each(['', ...outside, ...outside.map((char) => `a${char}b`), ...unwritable, ...strange])(
    'refuses %o as a parameter',
    (value) => {
      expect(details(() => name('private-booking.{userId}', { userId: value }))).toEqual({
        option: 'params.userId',
        expected: expect.stringContaining('a number or text without'),
        value,
      })
    },
  )

  it('refuses parameters that are missing or not in the pattern', () => {
    expect([
      details(() => name('private-booking.{userId}')).option,
      details(() => name('private-booking.{userId}', { userID: 1 })).option,
      details(() => name('room.{id}.{kind}', { id: 1 })).option,
      details(() => name('private-booking.{userId}', { userId: 1, id: 2 })),
      details(() => name('availability', { id: 2 })).option,
    ]).toEqual([
      'params.userId',
      'params.userID',
      'params.kind',
      { option: 'params.id', expected: 'left out of private-booking.{userId}', value: 2 },
      'params.id',
    ])
  })

  it('takes no parameter from a prototype', () => {
    const { name } = createRegistry({ 'a.{constructor}.{__proto__}': {} }, '.')
    expect(details(() => name('a.{constructor}.{__proto__}', {})).option).toBe('params.constructor')
    expect(name('a.{constructor}.{__proto__}', { constructor: 1, ['__proto__']: 2 })).toBe('a.1.2')
  })

  it('returns a full name that fits a pattern', () => {
    expect([name('private-booking.42'), name('room.1.chat'), name('desk-1')]).toEqual([
      'private-booking.42',
      'room.1.chat',
      'desk-1',
    ])
  })

  it.each([
    'room.1',
    'room.1.2.3',
    'private-booking.',
    'room..chat',
    'desk-1.2',
    'desk-a b',
    'xdesk-1',
    '',
    'a\n',
  ])('refuses the name %o, which fits no pattern', (full) => {
    expect(details(() => name(full))).toMatchObject({ option: 'channel', value: full })
  })

  it('refuses names that every object has', () => {
    for (const full of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
      expect(details(() => name(full)).option).toBe('channel')
  })

  it.each([
    ['availabilty', 'availability'],
    ['private-booking.{id}', 'private-booking.{userId}'],
    ['private-boking.42', 'private-booking.{userId}'],
    ['Room.1.chat', 'room.{id}.{kind}'],
  ])('suggests what is near to %s', (wrong, right) => {
    expect(details(() => name(wrong)).expected).toBe(`in the registry, such as '${right}'`)
  })

  it('suggests nothing where nothing is near', () => {
    expect(details(() => name('weather')).expected).toBe('in the registry')
    expect(details(() => createRegistry({}, '.').name('weather')).expected).toBe('in the registry')
  })

  it('takes any name without channels, and still guards its parameters', () => {
    const { name } = createRegistry(undefined, '/')
    expect([name('any'), name('sensors/+/temperature'), name('room/{id}', { id: 1 })]).toEqual([
      'any',
      'sensors/+/temperature',
      'room/1',
    ])
    expect(details(() => name('room/{id}', { id: '1/2' })).option).toBe('params.id')
  })

  it('guards the separator of the protocol, whatever it is', () => {
    for (const separator of [':', '-', ']', '^', '\\', '::']) {
      const pattern = `room${separator}{id}`
      const { name, find } = createRegistry({ [pattern]: {} }, separator)
      expect(name(pattern, { id: 'x' })).toBe(`room${separator}x`)
      expect(details(() => name(pattern, { id: `x${separator}y` })).option).toBe('params.id')
      expect([find(`room${separator}x`), find(`room${separator}x${separator}y`)]).toEqual([{}, undefined])
    }
  })

  it('makes names that lead back to their pattern, and to no other', () => {
    const { name, find } = createRegistry(channels, '.')
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.integer()), fc.string(), (id, kind) => {
        let full: string
        try {
          full = name('room.{id}.{kind}', { id, kind })
        } catch {
          return
        }
        expect(find(full)).toBe(channels['room.{id}.{kind}'])
        expect(full.split('.')).toEqual(['room', `${id}`, kind])
      }),
    )
  })
})

describe('find', () => {
  it('prefers an exact name, then more literal levels, then more literal text', () => {
    const table: Channels = Object.fromEntries(
      ['{a}.{b}', '{a}.lobby', 'room.{id}', 'room.x-{id}', 'room.x-1', '{a}', '{a}.{b}.{c}.d'].map(
        (pattern) => [pattern, { [pattern]: event() }],
      ),
    )
    const { find } = createRegistry(table, '.')
    const found = (name: string): string => Object.keys(find(name) ?? {}).join()
    expect(
      ['room.x-1', 'room.x-2', 'room.7', 'hall.lobby', 'hall.7', 'hall', 'a.b.c.d', 'a.b.c'].map(found),
    ).toEqual(['room.x-1', 'room.x-{id}', 'room.{id}', '{a}.lobby', '{a}.{b}', '{a}', '{a}.{b}.{c}.d', ''])
  })

  it('takes text of a pattern literally', () => {
    const { find } = createRegistry({ 'a+(b)|[c]^$.*\\é/{id}': {} }, '/')
    expect([find('a+(b)|[c]^$.*\\é/1'), find('aa(b)|[c]^$.*\\é/1')]).toEqual([{}, undefined])
  })

  it('matches no wildcard by a parameter', () => {
    const { find } = createRegistry({ 'sensors/{id}': {} }, '/')
    expect([find('sensors/1'), find('sensors/+'), find('sensors/#')]).toEqual([{}, undefined, undefined])
  })

  it('goes on finding after more names than it remembers', () => {
    const { find } = createRegistry(channels, '.')
    for (let id = 0; id < 2500; id++)
      expect(find(`private-booking.${id}`)).toBe(channels['private-booking.{userId}'])
    expect(find('private-booking.0')).toBe(channels['private-booking.{userId}'])
  })
})

describe('schema', () => {
  const { schema: schemaOf } = createRegistry(channels, '.')

  it('gives the schema of an event by the full name of its channel', () => {
    expect([schemaOf('availability', 'Changed'), schemaOf('room.1.chat', 'Said')]).toEqual([schema, schema])
  })

  it('gives none for event(), for an unknown event and for an unknown channel', () => {
    expect([
      schemaOf('availability', 'Updated'),
      schemaOf('availability', 'Closed'),
      schemaOf('weather', 'Changed'),
      createRegistry(undefined, '.').schema('availability', 'Changed'),
    ]).toEqual([undefined, undefined, undefined, undefined])
  })

  it('mistakes nothing that every object has for an event or a channel', () => {
    const { schema: schemaOf } = createRegistry({ ['__proto__']: { ['__proto__']: schema } }, '.')
    expect([
      schemaOf('availability', 'constructor'),
      schemaOf('constructor', 'name'),
      schemaOf('__proto__', 'constructor'),
      schemaOf('__proto__', '__proto__'),
    ]).toEqual([undefined, undefined, undefined, schema])
  })
})

describe('createRegistry', () => {
  it.each(['a.{b', 'a.b}', 'a.{}', 'a.{b.c}', 'a.{{b}}'])('refuses the pattern %s', (pattern) => {
    expect(details(() => createRegistry({ [pattern]: {} }, '.'))).toMatchObject({
      option: 'channels',
      value: pattern,
    })
  })

  it('refuses what is no schema, by name', () => {
    const created = (events: object) => () => createRegistry({ news: events as never }, '.')
    expect([
      details(created({ Told: undefined })).option,
      details(created({ Told: {} })).option,
      details(created({ [members]: 'Agent' })).option,
    ]).toEqual(['channels.news.Told', 'channels.news.Told', 'channels.news.Symbol(realtime.members)'])
  })
})
