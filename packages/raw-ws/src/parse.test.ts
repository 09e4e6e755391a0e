import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toBinaryFrame } from './binary-frame.ts'
import type { ClientFrame, ServerFrame } from './envelope.ts'
import { parseClientFrame, parseServerFrame } from './parse.ts'

const member = { id: 'm', info: { name: 'Ann' } }
const limits = { frameBytes: 65_536, channels: 100, joins: 10 }

/** One of each type, with everything that may be in it. */
const serverFrames: readonly ServerFrame[] = [
  { t: 'welcome', v: 1, session: 's', client: 'c', resumed: false, idleMs: 1, answerMs: 2, limits },
  { t: 'denied', code: 'limit', message: 'why', final: false, retryMs: 7 },
  { t: 'authed' },
  { t: 'pong' },
  { t: 'expiring', ms: 1 },
  { t: 'drain', ms: 1 },
  { t: 'later', ms: 0 },
  { t: 'error', code: 'bad-frame', message: 'why' },
  { t: 'subbed', ch: 'a', epoch: 'e', off: 3, recovered: true, members: [member, { id: 'n' }], me: 'm' },
  { t: 'refused', ch: 'a', code: 'forbidden', message: 'why', retryMs: 7 },
  { t: 'unsubbed', ch: 'a' },
  { t: 'msg', ch: 'a', off: 4, ev: 'said', data: [1, 'ä', null], id: 'x', from: 'c' },
  { t: 'gap', ch: 'a', epoch: 'e', off: 9 },
  { t: 'join', ch: 'a', member },
  { t: 'leave', ch: 'a', id: 'm' },
  { t: 'ack', id: 'x', off: 4 },
  { t: 'nack', id: 'x', code: 'too-large', message: 'why', ch: 'a', ev: 'said' },
  { t: 'direct', from: 'c', ev: 'hi', data: {}, id: 'x' },
]

const clientFrames: readonly ClientFrame[] = [
  { t: 'hello', v: 1, token: 'token', session: 's' },
  { t: 'auth', token: 'token' },
  { t: 'ping' },
  { t: 'bye' },
  { t: 'sub', chs: [{ ch: 'a', epoch: 'e', off: 3 }, { ch: 'b' }] },
  { t: 'unsub', ch: 'a' },
  { t: 'pub', ch: 'a', id: 'x', ev: 'said', data: 1, ack: true },
  { t: 'send', to: 'c', id: 'x', ev: 'hi', data: null },
]

/** The members without which a frame is bad. Those that may be missing, or are only passed on, are left out. */
const required: Readonly<Record<string, readonly string[]>> = {
  welcome: ['session', 'client', 'idleMs', 'answerMs', 'limits'],
  denied: ['code', 'message', 'final'],
  error: ['code', 'message'],
  expiring: ['ms'],
  subbed: ['ch', 'epoch', 'off', 'recovered'],
  refused: ['ch', 'code', 'message'],
  msg: ['ch', 'off', 'ev'],
  gap: ['ch', 'epoch', 'off'],
  join: ['ch', 'member'],
  leave: ['ch', 'id'],
  nack: ['id', 'code', 'message'],
  direct: ['from', 'ev'],
  hello: ['v'],
  auth: ['token'],
  sub: ['chs'],
  unsub: ['ch'],
  pub: ['ch', 'id', 'ev'],
  send: ['to', 'id', 'ev'],
}

const readers = [
  ['parseServerFrame', parseServerFrame, serverFrames],
  ['parseClientFrame', parseClientFrame, clientFrames],
] as const

describe.each(readers)('%s', (_name, parse, frames) => {
  it.each(frames.map((frame) => [frame.t, frame]))('reads %s', (_t, frame) => {
    expect(parse(JSON.stringify(frame))).toEqual(frame)
  })

  it('ignores members that it does not know', () => {
    for (const frame of frames)
      expect(parse(JSON.stringify({ ...frame, future: [1] }))).toEqual({ ...frame, future: [1] })
  })

  it('refuses a frame without a member that is relied upon, or with one of another type', () => {
    for (const frame of frames)
      for (const name of required[frame.t] ?? [])
        for (const wrong of [undefined, null, {}])
          expect(parse(JSON.stringify({ ...frame, [name]: wrong }))).toEqual({
            bad: 'bad-frame',
            message: `Frame ${frame.t} has no fitting member ${name}`,
          })
  })

  it('refuses what is no frame at all', () => {
    for (const text of ['', '{', 'null', '[]', '7', '{}', '{"t":1}', '{"t":null}', '\u0000'])
      expect(parse(text)).toMatchObject({ bad: 'bad-frame' })
  })

  it('tells an unknown type from a bad frame, however it is named', () => {
    for (const t of ['', 'nothing', '__proto__', 'constructor', 'toString', 'x'.repeat(10_000)]) {
      const read = parse(JSON.stringify({ t }))
      expect(read).toMatchObject({ bad: 'unknown-type' })
      expect('message' in read && read.message.length).toBeLessThan(80)
    }
  })

  it('never throws, whatever it is given', () => {
    const value = fc.anything({ withNullPrototype: false })
    const near = fc
      .tuple(fc.constantFrom(...frames), fc.string(), value)
      .map(([frame, name, wrong]) => JSON.stringify({ ...frame, [name]: wrong }))
    const cut = fc.tuple(near, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)))
    const binary = fc.tuple(near, fc.uint8Array()).map(([text, bytes]) => toBinaryFrame(text, bytes))
    const frame = fc.oneof(near, cut, binary, fc.string(), fc.uint8Array(), fc.json())
    fc.assert(
      fc.property(frame, (given) => {
        const read = parse(given)
        expect('bad' in read || 't' in read).toBe(true)
      }),
    )
  })
})

describe('parseServerFrame', () => {
  it.each(['denied', 'refused', 'nack'])('refuses %s with a retryMs that is no number', (t) => {
    const frame = { t, id: 'x', ch: 'a', code: 'limit', message: 'why', final: false }
    for (const retryMs of ['1', null, {}])
      expect(parseServerFrame(JSON.stringify({ ...frame, retryMs }))).toMatchObject({ bad: 'bad-frame' })
  })

  it.each([{ members: [null] }, { members: [{ id: 1 }] }, { members: {} }, { members: null }])(
    'refuses members like %j',
    (wrong) => {
      const frame = { t: 'subbed', ch: 'a', epoch: 'e', off: 3, recovered: true, ...wrong }
      expect(parseServerFrame(JSON.stringify(frame))).toMatchObject({ bad: 'bad-frame' })
    },
  )

  it('puts the bytes of a binary frame into its data', () => {
    const header = '{"t":"msg","ch":"a","off":1,"ev":"said"}'
    expect(parseServerFrame(toBinaryFrame(header, Uint8Array.of(1, 2)))).toEqual({
      ...JSON.parse(header),
      data: Uint8Array.of(1, 2),
    })
  })

  it('refuses a binary frame of a type that has no payload', () => {
    expect(parseServerFrame(toBinaryFrame('{"t":"pong"}', Uint8Array.of(1)))).toEqual({
      bad: 'bad-frame',
      message: 'Frame pong must not be binary',
    })
  })
})
