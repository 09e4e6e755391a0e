import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  dataOf,
  decodeData,
  parseClientFrame,
  parseFrame,
  writeClientFrame,
  writeServerFrame,
} from './codec.ts'

describe('parseFrame', () => {
  it('reads a frame whose data is a string, a value or absent', () => {
    expect(parseFrame('{"event":"e","channel":"c","data":"{}","user_id":7}')).toEqual({
      event: 'e',
      channel: 'c',
      data: '{}',
      userId: '7',
    })
    expect(parseFrame('{"event":"pusher:ping"}')).toEqual({ event: 'pusher:ping' })
    expect(parseFrame('{"event":"e","channel":null,"data":[]}')?.channel).toBeUndefined()
  })

  it.each(['', '{', '[]', '7', 'null', '{}', '{"event":7}', '"event"'])('refuses %s', (text) => {
    expect(parseFrame(text)).toBeUndefined()
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseFrame(text)))
  })
})

describe('decodeData', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ['"text"', 'text'],
    ['plain text', 'plain text'],
    ['', ''],
    [{ a: 1 }, { a: 1 }],
    [undefined, undefined],
    [null, null],
  ])('makes %j of it', (data, value) => {
    expect(decodeData(data)).toEqual(value)
  })

  it('finds no members in what is no object', () => {
    for (const data of ['null', '7', 'x', undefined, null, true]) expect(dataOf({ data })).toEqual({})
    expect(dataOf({ data: '{"code":4001}' })).toEqual({ code: 4001 })
  })
})

describe('parseClientFrame', () => {
  it.each([
    { event: 'pusher:subscribe', data: { channel: 'private-a', auth: 'key:signature', channel_data: '{}' } },
    { event: 'pusher:subscribe', data: { channel: 'a' } },
    { event: 'pusher:unsubscribe', data: { channel: 'a' } },
    { event: 'pusher:ping', data: {} },
    { event: 'pusher:pong', data: {} },
    { event: 'pusher:signin', data: { auth: 'key:signature', user_data: '{"id":"1"}' } },
    { event: 'client-typing', channel: 'private-a', data: { on: true } },
    { event: 'client-typing', channel: 'private-a', data: 'text' },
    { event: 'client-typing', channel: 'private-a' },
  ] as const)('reads what writeClientFrame writes: %j', (frame) => {
    expect(parseClientFrame(writeClientFrame(frame))).toEqual(frame)
  })

  it('reads data that is JSON in a string, absent, or an empty list', () => {
    expect(parseClientFrame('{"event":"pusher:unsubscribe","data":"{\\"channel\\":\\"a\\"}"}')).toEqual({
      event: 'pusher:unsubscribe',
      data: { channel: 'a' },
    })
    expect(parseClientFrame('{"event":"pusher:ping"}')).toEqual({ event: 'pusher:ping', data: {} })
    expect(parseClientFrame('{"event":"pusher:pong","data":[]}')).toEqual({ event: 'pusher:pong', data: {} })
  })

  it.each([
    ['no JSON', 'x', 'bad-frame'],
    ['no event', '{"data":{}}', 'bad-frame'],
    ['an unknown event', '{"event":"pusher:nonsense"}', 'unknown-event'],
    ['the name of a member of every object', '{"event":"constructor"}', 'unknown-event'],
    ['a subscription without a channel', '{"event":"pusher:subscribe","data":{}}', 'bad-frame'],
    ['a channel that is no string', '{"event":"pusher:subscribe","data":{"channel":true}}', 'bad-frame'],
    [
      'an auth that is no string',
      '{"event":"pusher:subscribe","data":{"channel":"a","auth":{}}}',
      'bad-frame',
    ],
    ['a client event without a channel', '{"event":"client-x","data":{}}', 'bad-frame'],
  ])('says what is wrong with %s', (_name, text, bad) => {
    expect(parseClientFrame(text)).toMatchObject({ bad, message: expect.any(String) })
  })

  it('never throws, and gives a frame or says what is wrong', () => {
    const frame = fc.record({
      event: fc.constantFrom('pusher:subscribe', 'pusher:signin', 'client-x'),
      data: fc.jsonValue(),
    })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          frame.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const read = parseClientFrame(text)
          expect('bad' in read ? read.bad : read.event).toEqual(expect.any(String))
        },
      ),
    )
  })
})

describe('writeServerFrame', () => {
  const data = { socket_id: '1.1', activity_timeout: 120 }

  it('writes data as JSON in a string', () => {
    expect(writeServerFrame({ event: 'pusher:connection_established', data })).toBe(
      '{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"1.1\\",\\"activity_timeout\\":120}"}',
    )
  })

  it('writes data as it is', () => {
    const text = writeServerFrame({ event: 'pusher:error', data: { code: 4009, message: 'No' } }, 'object')
    expect(text).toBe('{"event":"pusher:error","data":{"code":4009,"message":"No"}}')
  })

  it('does not encode a string again, and leaves out what is absent', () => {
    expect(writeServerFrame({ event: 'e', channel: 'c', data: '{"a":1}' })).toBe(
      '{"event":"e","channel":"c","data":"{\\"a\\":1}"}',
    )
    expect(writeServerFrame({ event: 'pusher:pong' })).toBe('{"event":"pusher:pong"}')
  })

  it('writes what parseFrame reads', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.jsonValue(),
        fc.constantFrom('string', 'object'),
        (...given) => {
          const [event, channel, value, style] = given
          const frame = parseFrame(writeServerFrame({ event, channel, data: value }, style as 'string'))
          expect(frame).toMatchObject({ event, channel })
          if (typeof value !== 'string')
            expect(decodeData(frame?.data)).toEqual(JSON.parse(JSON.stringify(value)))
        },
      ),
    )
  })
})
