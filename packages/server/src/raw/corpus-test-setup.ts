import { toBinaryFrame } from '@org/realtime-raw-ws/codec'
import type { Frame } from '../wire.ts'

const text = (frame: object): string => JSON.stringify(frame)
const bytes = (frame: object, payload = Uint8Array.of(1, 2, 3)): Uint8Array =>
  toBinaryFrame(text(frame), payload)

/** Frames of a client that knows what it does; to be cut and changed. */
export const goodFrames: readonly Frame[] = [
  text({ t: 'hello', v: 1, token: 'token', session: 'session' }),
  text({ t: 'auth', token: 'token' }),
  text({ t: 'ping' }),
  text({ t: 'sub', chs: [{ ch: 'a' }, { ch: 'presence-b', epoch: 'epoch', off: 7 }] }),
  text({ t: 'unsub', ch: 'a' }),
  text({ t: 'pub', id: 'id-1', ch: 'a', ev: 'said', data: { text: 'ä€😀', list: [1, null] }, ack: true }),
  text({ t: 'send', id: 'id-2', to: 'somebody', ev: 'said', data: 'x', ack: true }),
  bytes({ t: 'pub', id: 'id-3', ch: 'a', ev: 'said', ack: true }),
  bytes({ t: 'send', id: 'id-4', to: 'somebody', ev: 'said' }),
]

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** Frames that have broken servers, this one or others. */
export const badFrames: readonly Frame[] = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  'null',
  'true',
  '1e999',
  '"t"',
  '[]',
  '{}',
  '{',
  '{"t":',
  '{"t":null}',
  '{"t":7}',
  '{"t":{}}',
  '{"t":["ping"]}',
  '{"t":"ping","t":"bye"',
  '{"t":"__proto__"}',
  '{"t":"constructor"}',
  '{"t":"toString"}',
  '{"__proto__":{"t":"ping"}}',
  '{"t":"ping","bad":"bad-frame","message":{}}',
  '{"t":"pub","__proto__":{"id":"1","ch":"a","ev":"x"}}',
  '{"t":"pub","id":"1","ch":"a","ev":"x","ack":true,"data":{"__proto__":{"polluted":1},"constructor":{"prototype":1}}}',
  `{"t":"pub","id":"1","ch":"a","ev":"x","data":${nested(100_000)}}`,
  nested(200_000),
  '{"t":"sub","chs":[null]}',
  '{"t":"sub","chs":[[]]}',
  '{"t":"sub","chs":[{"ch":{"toString":"a"}}]}',
  '{"t":"sub","chs":[{"ch":"a","epoch":"e","off":1e308}]}',
  '{"t":"sub","chs":[{"ch":"a","epoch":"e","off":-1}]}',
  '{"t":"sub","chs":[{"ch":"a","epoch":"e","off":0.5}]}',
  '{"t":"sub","chs":[{"ch":"a","epoch":"e","off":9007199254740993}]}',
  `{"t":"sub","chs":[${'{"ch":"a"},'.repeat(5000)}{"ch":"a"}]}`,
  `{"t":"sub","chs":[{"ch":"${'x'.repeat(100_000)}"}]}`,
  `{"t":"unsub","ch":"${'x'.repeat(100_000)}"}`,
  `{"t":"pub","id":"${'x'.repeat(100_000)}","ch":"a","ev":"x"}`,
  `{"t":"pub","id":"1","ch":"${'"'.replace('"', '\\"').repeat(500)}","ev":"x"}`,
  '{"t":"hello","v":"1"}',
  '{"t":"hello","v":1e400}',
  '{"t":"hello","v":-0,"token":null}',
  '{"t":"hello","v":1,"session":"__proto__"}',
  '{"t":"auth"}',
  '{"t":"auth","token":""}',
  '{"t":"send","id":"1","to":"__proto__","ev":"x"}',
  new Uint8Array(0),
  Uint8Array.of(0),
  Uint8Array.of(0, 0),
  Uint8Array.of(255, 255),
  Uint8Array.of(0, 2, 123, 125),
  Uint8Array.of(0, 1, 0xff),
  Uint8Array.of(0, 3, 0xed, 0xa0, 0x80),
  bytes({ t: 'ping' }),
  bytes({ t: 'hello', v: 1 }),
  bytes({ t: 'pub', id: '1', ch: 'a', ev: 'x', data: 'twice', ack: true }, new Uint8Array(0)),
]
