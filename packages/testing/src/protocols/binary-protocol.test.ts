import type { OutgoingMessage } from '@org/realtime-core/kit'
import { describe, expect, it } from 'vitest'
import { farEnds } from '../far-end.ts'
import { settled } from '../settled.ts'
import { decodePacket, encodePacket } from './binary-packets.ts'
import { message, request, setupLinks } from './link-test-setup.ts'

const heartbeat = { sendIdleMs: 20_000, receiveIdleMs: 30_000, answerMs: 5000 }
const fresh = ['ready', { resumed: false, subscriptions: 'lost', heartbeat }]
const BYTES: unknown = expect.any(Uint8Array)
const DECODE: unknown = expect.any(Function)
const resumed = ['ready', { resumed: true, subscriptions: 'kept', heartbeat }]

function setup() {
  const { protocol, server } = farEnds.binary()
  const said = (id: string, more?: Partial<OutgoingMessage>): OutgoingMessage =>
    message(id, protocol.encode?.({ n: id }, 'message', 'a/b') ?? '', {
      key: 'a/b',
      event: 'message',
      ...more,
    })
  return { ...setupLinks({ protocol, server }), message: said }
}

describe('binary protocol', () => {
  it('starts a fresh session, and resumes it after a lost socket', async () => {
    const { open, server } = setup()
    expect((await open()).log).toEqual([fresh])
    server.dropAll()
    expect((await open()).log).toEqual([resumed])
    server.dropAll()
    server.forgetSessions()
    expect((await open()).log).toEqual([fresh])
  })

  it('fails for good when the token is refused', async () => {
    const { open, server } = setup()
    server.acceptTokens((token) => token === 'good')
    expect((await open('bad')).log).toMatchObject([['fail', 'stop', { code: 'auth.failed' }]])
  })

  it('reports one message for all filters that match', async () => {
    const { open, server } = setup()
    const { link, log } = await open()
    link.subscribe([request('a/+'), request('a/#'), request('b')])
    await settled()
    server.publish('a/b', 'message', { n: 1 })
    await settled()
    expect(log.slice(1, 4)).toEqual([
      ['joined', 'a/+'],
      ['joined', 'a/#'],
      ['joined', 'b'],
    ])
    expect(log.slice(4)).toMatchObject([
      ['message', ['a/+', 'a/#'], 'message', BYTES, { topic: 'a/b', again: false }, DECODE],
    ])
  })

  it('hands over a view of the frame, to be decoded while it is there', async () => {
    const { open } = setup()
    const { link, log } = await open()
    link.subscribe([request('a')])
    const payload = new TextEncoder().encode('{"n":1}')
    const frame = encodePacket({ type: 'publish', id: 0, again: false, topic: 'a', payload })
    link.receive(frame)
    const report = log[1]
    if (report?.[0] !== 'message') throw new Error('No message')
    expect((report[3] as Uint8Array).buffer).toBe(frame.buffer)
    expect(report[5]?.(report[3])).toEqual({ n: 1 })
  })

  it('keeps what is in flight over a resumed session, under the same packet id', async () => {
    const { open, server, message } = setup()
    const { link } = await open()
    server.withhold('puback')
    expect([link.publish?.(message('x')), link.publish?.(message('y'))]).toEqual(['pending', 'pending'])
    await settled()
    server.dropAll()
    server.release()
    const { log } = await open()
    await settled()
    expect(log).toEqual([resumed, ['settled', 'x', 'acknowledged'], ['settled', 'y', 'acknowledged']])
    expect(server.received.map(({ id, resent, duplicate }) => [id, resent, duplicate])).toEqual([
      ['1', false, false],
      ['2', false, false],
      ['1', true, true],
      ['2', true, true],
    ])
  })

  it('sends what is in flight again before it is ready for more', async () => {
    const { open, server, message, transport } = setup()
    const { link } = await open()
    server.withhold('puback')
    link.publish?.(message('x'))
    await settled()
    server.dropAll()
    await open()
    const sent = transport.last.sent.map((frame) => decodePacket(frame as Uint8Array).type)
    expect(sent).toEqual(['connect', 'publish'])
  })

  it('forgets what is in flight when the session is lost', async () => {
    const { open, server, message } = setup()
    const { link } = await open()
    server.withhold('puback')
    link.publish?.(message('x'))
    await settled()
    server.dropAll()
    server.forgetSessions()
    server.release()
    expect((await open()).log).toEqual([fresh])
    expect(server.received).toHaveLength(1)
  })

  it('gets what was published while it was away, on the filters that the server kept', async () => {
    const { open, server } = setup()
    const first = await open()
    first.link.subscribe([request('a')])
    await settled()
    server.dropAll()
    await settled()
    server.publish('a', 'message', 1)
    const { log } = await open()
    await settled()
    expect(log).toMatchObject([resumed, ['message', ['a'], 'message', BYTES, { topic: 'a' }, DECODE]])
  })

  it('refuses to publish to a filter, and passes on what the server refuses', async () => {
    const { open, server, message } = setup()
    server.refusePublish('a/b')
    server.refuse('secret')
    server.refuse('busy', { retryMs: 1 })
    const { link, log } = await open()
    expect(() => link.publish?.(message('x', { key: 'a/+' }))).toThrow('[publish.refused]')
    expect(link.publish?.(message('y', { delivery: 'volatile' }))).toBe('sent')
    link.publish?.(message('z'))
    link.subscribe([request('secret'), request('busy')])
    await settled()
    expect(log.slice(1)).toMatchObject([
      [
        'settled',
        'z',
        { refused: { code: 'publish.refused', details: { id: 'z', channel: 'a/b', code: 135 } } },
      ],
      ['refused', 'secret', { code: 'channel.rejected' }, false],
      ['refused', 'busy', {}, true],
    ])
  })

  it('answers pings', async () => {
    const { open } = setup()
    const { link, log } = await open()
    link.ping?.()
    await settled()
    expect(log.slice(1)).toEqual([['pong']])
  })

  it.each([
    [139, 'retry', 'connection.lost'],
    [142, 'stop', 'connection.replaced'],
    [157, 'retry-now', 'connection.lost'],
    [200, 'retry', 'protocol.violation'],
  ])('fails on a disconnect with code %i: %s, %s', async (code, verdict, name) => {
    const { open, server } = setup()
    const { log } = await open()
    server.disconnect(code)
    await settled()
    expect(log[1]).toMatchObject(['fail', verdict, { code: name, details: { code } }])
  })

  it('lets the newer session of a client take the older one over', async () => {
    const { open } = setup()
    const older = await open()
    const newer = await open()
    expect(older.log[1]).toMatchObject(['fail', 'stop', { code: 'connection.replaced' }])
    expect(newer.log).toEqual([resumed])
  })
})
