import type { Frame, Meta } from '@org/realtime-core/kit'
import {
  createMemoryTransport,
  openLink,
  type ProtocolRig,
  protocolConformance,
  settled,
} from '@org/realtime-testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { message, request } from '../strict-test-setup.ts'
import { answered, binary, json, serveDialect } from './codec-test-setup.ts'
import { createCodec } from './create-codec.ts'
import { type Dialect, type Incoming, jsonDialect } from './dialect.ts'

const names = [['kamar.7/é', 'Status Changed']] as const

protocolConformance(
  'a codec of JSON that is answered',
  (): ProtocolRig => ({
    protocol: createCodec(answered(json)),
    server: serveDialect(json),
    names,
    malformed: ['{', '{"type":"nothing"}', '', 'null', Uint8Array.of(1)],
  }),
  { describe, it },
)

protocolConformance(
  'a codec of bytes that is answered',
  (): ProtocolRig => ({
    protocol: createCodec(answered(binary)),
    server: serveDialect(binary),
    names,
    malformed: ['{', Uint8Array.of(99), Uint8Array.of(6, 255), new Uint8Array()],
  }),
  { describe, it },
)

/** Greeted, but nothing else is answered; no way to leave a channel. */
const { unsubscribe: _, ...unanswered } = { ...answered(json), answers: ['hello'] } as const satisfies Dialect

protocolConformance(
  'a codec that is not answered',
  (): ProtocolRig => ({
    protocol: createCodec({ ...unanswered, heartbeat: { frame: '{"type":"ping"}', everyMs: 20_000 } }),
    server: serveDialect(json),
    names,
    malformed: ['{', '{"type":"nothing"}'],
  }),
  { describe, it },
)

async function open(dialect: Dialect) {
  const transport = createMemoryTransport({ autoAccept: true })
  const { link, log } = await openLink(createCodec(dialect), transport, { credentials: 'token' })
  const peer = transport.last
  return {
    link,
    log,
    peer,
    async say(...frames: Frame[]) {
      peer.send(...frames)
      await settled()
    },
  }
}

const reads = (...incoming: Incoming[]): Pick<Dialect, 'decode'> => ({ decode: () => incoming })

describe('createCodec', () => {
  it('speaks JSON of channel, event and data unless told otherwise', async () => {
    const { link, log, peer, say } = await open(jsonDialect)
    link.subscribe([request('room')])
    link.publish?.(message({ payload: '{"a":[1]}' }))
    link.unsubscribe?.('room')
    await say('{"channel":"room","event":"said","data":7}')
    expect(peer.sent).toEqual([
      '{"event":"subscribe","channel":"room"}',
      '{"channel":"room","event":"said","data":{"a":[1]}}',
      '{"event":"unsubscribe","channel":"room"}',
    ])
    expect(log).toEqual([
      ['ready', { heartbeat: {} }],
      ['joined', 'room'],
      ['message', 'room', 'said', 7, undefined],
    ])
  })

  it('says hello with the token, and goodbye', async () => {
    const { link, peer, log } = await open({
      ...jsonDialect,
      hello: (token) => `hello ${token}`,
      goodbye: () => 'bye',
    })
    link.goodbye?.(0)
    expect([peer.sent, log.length]).toEqual([['hello token', 'bye'], 1])
  })

  it('waits for what the server answers', async () => {
    const { link, log, say } = await open({
      ...jsonDialect,
      answers: ['hello', 'subscribe'],
      decode: (frame) => JSON.parse(frame as string),
    })
    expect(log).toEqual([])
    await say('{"type":"ready"}')
    link.subscribe(['a', 'b', 'c'].map((name) => request(name)))
    expect(log).toHaveLength(1)
    await say(
      '{"type":"joined","channel":"a"}',
      '{"type":"refused","channel":"b","code":"no"}',
      '{"type":"refused","channel":"c","retryMs":50}',
    )
    expect(log.slice(1)).toMatchObject([
      ['joined', 'a'],
      ['refused', 'b', { code: 'channel.rejected', details: { channel: 'b', code: 'no' } }, false],
      ['refused', 'c', {}, { afterMs: 50 }],
    ])
  })

  it('fails when the server denies the credentials, for good or for now', async () => {
    const good = await open(reads({ type: 'denied' }))
    await good.say('x')
    const now = await open(reads({ type: 'denied', message: 'Not yet', final: false }))
    await now.say('x')
    expect([good.log[1], now.log[1]]).toMatchObject([
      ['fail', 'stop', { code: 'auth.failed', details: { retry: false } }],
      ['fail', 'retry', { message: '[auth.failed] Not yet', details: { retry: true } }],
    ])
  })

  it('settles publishes by their id where they are answered, and only those that asked', async () => {
    const { link, log, say, peer } = await open({
      ...jsonDialect,
      answers: ['publish'],
      publish: ({ id, ack }) => JSON.stringify({ id, ack }),
      decode: (frame) => JSON.parse(frame as string),
    })
    const wanted = { delivery: 'at-least-once' } as const
    expect([
      link.publish?.(message({ id: '1', ...wanted })),
      link.publish?.(message({ id: '2', ...wanted })),
      link.publish?.(message({ id: '3' })),
    ]).toEqual(['pending', 'pending', 'sent'])
    await say('{"type":"ack","id":"1"}', '{"type":"ack","id":"1"}', '{"type":"ack","id":"3"}')
    await say('{"type":"nack","id":"2","code":"full"}', '{"type":"nack","id":"3"}')
    expect(peer.sent.map((frame) => JSON.parse(`${frame}`))).toEqual([
      { id: '1', ack: true },
      { id: '2', ack: true },
      { id: '3', ack: false },
    ])
    expect(log.slice(1)).toMatchObject([
      ['settled', '1', 'acknowledged'],
      ['settled', '2', { refused: { details: { channel: 'room', event: 'said', id: '2', code: 'full' } } }],
      ['error', { code: 'publish.refused', details: { id: '3' } }],
    ])
  })

  it('brings one frame as many messages, to as many channels as it says', async () => {
    const meta: Meta & { readonly tag: string } = { tag: 'x' }
    const { log, say } = await open(
      reads(
        { type: 'message', channel: ['a', 'b'], event: 'e', payload: 1, meta },
        { type: 'message', channel: 'c', event: 'f', payload: 2 },
      ),
    )
    await say('x')
    expect(log.slice(1)).toEqual([
      ['message', ['a', 'b'], 'e', 1, meta],
      ['message', 'c', 'f', 2, undefined],
    ])
  })

  it('says nothing more of a frame during which it was ended', async () => {
    const { link, log } = await open(reads({ type: 'pong' }, { type: 'pong' }))
    log.push = (...reports) => {
      link.dispose?.()
      return Array.prototype.push.apply(log, reports)
    }
    link.receive('x')
    expect(log).toHaveLength(2)
  })

  it('passes over frames that mean nothing', async () => {
    const { log, say } = await open({ decode: () => undefined })
    await say('x', Uint8Array.of(1))
    expect(log).toHaveLength(1)
  })

  it('gives a dialect bytes that it may keep', async () => {
    const kept: Frame[] = []
    const { say } = await open({
      decode(frame) {
        kept.push(frame)
        return undefined
      },
    })
    await say(Uint8Array.of(1, 2))
    expect(kept).toEqual([Uint8Array.of(1, 2)])
  })

  it('sends bytes, and what its own encoding makes of a payload', async () => {
    const bytes = await open({
      decode: () => undefined,
      publish: ({ payload }) => payload as Uint8Array,
    })
    bytes.link.publish?.(message({ payload: Uint8Array.of(1) }))
    const own: Dialect = {
      decode: () => undefined,
      encode: (payload, event) => `${event}:${payload}`,
      publish: ({ payload }) => `<${payload}>`,
    }
    const { link, peer } = await open(own)
    const payload = createCodec(own).encode?.(7, 'said', 'a') ?? ''
    link.publish?.(message({ payload }))
    expect([bytes.peer.sent, peer.sent]).toEqual([[Uint8Array.of(1)], ['<said:7>']])
  })

  it('refuses a frame over its limit before it is sent', async () => {
    const { link, peer } = await open({ ...jsonDialect, maxOutgoingBytes: 60 })
    expect(() => link.publish?.(message({ payload: JSON.stringify('x'.repeat(60)) }))).toThrow(
      '[message.too-large]',
    )
    expect(peer.sent).toEqual([])
  })

  it('beats without an answer where none comes, and asks where one does', async () => {
    let count = 0
    const beats = await open({
      ...jsonDialect,
      heartbeat: { frame: () => `beat ${++count}`, everyMs: 30_000 },
    })
    beats.link.beat?.()
    beats.link.beat?.()
    const asks = await open({ ...jsonDialect, heartbeat: { frame: 'ping', everyMs: 30_000, answerMs: 9000 } })
    asks.link.ping?.()
    expect([beats.peer.sent, beats.link.ping, asks.peer.sent]).toEqual([
      ['beat 1', 'beat 2'],
      undefined,
      ['ping'],
    ])
    expect([beats.log, asks.log]).toEqual([
      [['ready', { heartbeat: { sendIdleMs: 30_000 } }]],
      [['ready', { heartbeat: { sendIdleMs: 30_000, receiveIdleMs: 30_000, answerMs: 9000 } }]],
    ])
  })

  it('reads the end of a connection as its dialect says', async () => {
    const { link } = await open({
      ...jsonDialect,
      ended: ({ code }) => (code === 4001 ? 'stop' : code === 4200 ? 'retry-now' : undefined),
    })
    expect([4001, 4200, 1006].map((code) => link.ended?.({ code, reason: 'why' }))).toMatchObject([
      { verdict: 'stop', error: { code: 'connection.refused', details: { code: 4001, reason: 'why' } } },
      { verdict: 'retry-now', error: { code: 'connection.lost' } },
      undefined as never,
    ])
  })

  it('does not ask twice for a channel that it cannot leave', async () => {
    const { unsubscribe: _unsubscribe, ...dialect } = jsonDialect
    const { link, peer } = await open(dialect)
    for (let turn = 0; turn < 2; turn++) link.subscribe([request('room')])
    expect([peer.sent.length, link.unsubscribe]).toEqual([1, undefined])
  })

  it('only receives where there is nothing to publish with', () => {
    const { capabilities, outbox, encode } = createCodec({ decode: () => undefined, answers: ['publish'] })
    expect([capabilities, outbox, encode]).toEqual([
      { presence: false, publish: false, ack: false, history: false },
      undefined,
      undefined,
    ])
  })

  it.each([
    ['decode', { decode: undefined }],
    ['answers', { answers: 'publish' }],
    ['answers', { answers: ['pub'] }],
    ['heartbeat.everyMs', { heartbeat: { frame: 'x', everyMs: -5 } }],
    ['heartbeat.everyMs', { heartbeat: { frame: 'x' } }],
    ['heartbeat.answerMs', { heartbeat: { frame: 'x', everyMs: 5, answerMs: 0 } }],
  ])('refuses a dialect by %s that is %j', (option, wrong) => {
    expect(() => createCodec({ ...jsonDialect, ...wrong } as unknown as Dialect)).toThrow(
      expect.objectContaining({ code: 'option.invalid', details: expect.objectContaining({ option }) }),
    )
  })

  it.each([
    ['nope', { type: 'nope' }],
    ['undefined', Promise.resolve(undefined)],
    ['undefined', { kind: 'welcome', token: 'secret', size: 1n }],
    ['undefined', 'secret'],
  ])('says of a frame that is decoded to one of type %s that it cannot be read', async (type, incoming) => {
    const { link } = await open({ ...jsonDialect, decode: () => incoming as never })
    expect(() => link.receive('x')).toThrow(
      expect.objectContaining({
        code: 'message.malformed',
        cause: new TypeError(`decode() returned what has no type of the table: ${type}`),
      }),
    )
  })

  it('shows frames in the trace as its dialect does', () => {
    expect(createCodec(jsonDialect).describe).toBeUndefined()
    expect(createCodec({ ...jsonDialect, describe: () => 'a frame' }).describe?.('x')).toBe('a frame')
  })
})

describe('jsonDialect', () => {
  it('throws nothing but errors, and reads nothing else than text channels and events', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        try {
          const { channel, event } = jsonDialect.decode(text) as never
          expect([typeof channel, typeof event]).toEqual(['string', 'string'])
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
    )
  })
})
