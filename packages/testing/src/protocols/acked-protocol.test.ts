import { describe, expect, it } from 'vitest'
import { farEnds } from '../far-end.ts'
import { settled } from '../settled.ts'
import { request, setupLinks } from './link-test-setup.ts'

const setup = () => setupLinks(farEnds.acked())
const FRESH = { continuity: 'unknown' }

describe('acked protocol', () => {
  it('is ready once the server has welcomed it', async () => {
    const { open } = setup()
    const { log } = await open()
    const heartbeat = { receiveIdleMs: 25_000, answerMs: 5000 }
    expect(log).toEqual([['ready', { positions: true, heartbeat, limits: { joins: Infinity } }]])
  })

  it('fails for good when the token is refused', async () => {
    const { open, server } = setup()
    server.acceptTokens((token) => token === 'good')
    const { log } = await open('bad')
    expect(log).toMatchObject([['fail', 'stop', { code: 'auth.failed', details: { retry: false } }]])
    expect(server.tokens).toEqual(['bad'])
  })

  it('joins many channels by one frame and hears each refusal', async () => {
    const { open, server, transport } = setup()
    server.refuse('secret')
    server.refuse('busy', { code: 'busy', retryMs: 300 })
    const { link, log } = await open()
    link.subscribe([request('room'), request('secret'), request('busy')])
    await settled()
    expect(transport.last.sent).toHaveLength(2)
    expect(log.slice(1)).toMatchObject([
      ['joined', 'room', FRESH],
      [
        'refused',
        'secret',
        { code: 'channel.rejected', details: { channel: 'secret', code: 'denied' } },
        false,
      ],
      ['refused', 'busy', { details: { code: 'busy' } }, { afterMs: 300 }],
    ])
  })

  it('delivers messages of joined channels with their offsets until it leaves', async () => {
    const { open, server } = setup()
    const { link, log } = await open()
    server.publish('room', 'said', 'too early')
    link.subscribe([request('room')])
    await settled()
    server.publish('room', 'said', 'a')
    server.publish('other', 'said', 'b')
    await settled()
    link.unsubscribe?.('room')
    await settled()
    server.publish('room', 'said', 'c')
    await settled()
    expect(log.slice(2)).toEqual([['message', 'room', 'said', 'a', { offset: 2 }]])
    expect(server.joined('room')).toBe(0)
  })

  it('continues where it stopped, without a hole or a repeat', async () => {
    const { open, server } = setup()
    const first = await open()
    first.link.subscribe([request('room')])
    await settled()
    server.publish('room', 'said', 'a')
    await settled()
    server.dropAll()
    server.publish('room', 'said', 'b')
    const { link, log } = await open()
    link.subscribe([request('room', true)])
    server.publish('room', 'said', 'c')
    await settled()
    expect(log.slice(1)).toEqual([
      ['joined', 'room', { continuity: 'complete' }],
      ['message', 'room', 'said', 'b', { offset: 2 }],
      ['message', 'room', 'said', 'c', { offset: 3 }],
    ])
  })

  it('continues also when nothing was ever received', async () => {
    const { open, server } = setup()
    const first = await open()
    first.link.subscribe([request('room')])
    await settled()
    server.dropAll()
    server.publish('room', 'said', 'a')
    const { link, log } = await open()
    link.subscribe([request('room', true)])
    await settled()
    expect(log.slice(1)).toMatchObject([
      ['joined', 'room', { continuity: 'complete' }],
      ['message', 'room', 'said', 'a', {}],
    ])
  })

  it.each(['evict', 'resetEpoch'] as const)('cannot continue after %s, and says so', async (verb) => {
    const { open, server } = setup()
    const first = await open()
    first.link.subscribe([request('room')])
    await settled()
    server.dropAll()
    server.publish('room', 'said', 'lost')
    server[verb]('room')
    const { link, log } = await open()
    link.subscribe([request('room', true)])
    await settled()
    server.publish('room', 'said', 'b')
    await settled()
    expect(log.slice(1)).toMatchObject([
      ['joined', 'room', { continuity: 'unknown' }],
      ['message', 'room', 'said', 'b', {}],
    ])
  })

  it('tells of a hole before the message behind it', async () => {
    const { open, server } = setup()
    const { link, log } = await open()
    link.subscribe([request('room')])
    await settled()
    server.lose('room', 'said', 'a')
    server.publish('room', 'said', 'b')
    await settled()
    expect(log.slice(2)).toEqual([
      ['gap', 'room', 'unknown'],
      ['message', 'room', 'said', 'b', { offset: 2 }],
    ])
  })

  it('delivers each message once while two links are open', async () => {
    const { open, server } = setup()
    const first = await open()
    first.link.subscribe([request('room')])
    await settled()
    const second = await open()
    second.link.subscribe([request('room', true)])
    await settled()
    server.publish('room', 'said', 'a')
    await settled()
    const messages = [...first.log, ...second.log].filter(([name]) => name === 'message')
    expect(messages).toHaveLength(1)
  })

  it('keeps the members of a presence channel', async () => {
    const { open, server } = setup()
    server.enter('presence-desk', { id: 'ann', info: { age: 7 } })
    const { link, log } = await open('me')
    link.subscribe([request('presence-desk')])
    await settled()
    server.enter('presence-desk', { id: 'bob', info: {} })
    server.exit('presence-desk', 'ann')
    await settled()
    expect(log.slice(1)).toEqual([
      ['joined', 'presence-desk', FRESH],
      [
        'members',
        'presence-desk',
        {
          all: [
            { id: 'ann', info: { age: 7 } },
            { id: 'me', info: {} },
          ],
          me: 'me',
        },
      ],
      ['members', 'presence-desk', { joined: { id: 'bob', info: {} } }],
      ['members', 'presence-desk', { left: 'ann' }],
    ])
  })

  it('passes on what the server advises', async () => {
    const { open, server } = setup()
    const { log, link } = await open('old')
    server.drain(3000)
    server.retryAfter(500)
    server.expireTokens()
    await settled()
    link.refresh?.('new')
    link.ping?.()
    await settled()
    expect(log.slice(1)).toEqual([
      ['advice', { drainMs: 3000 }],
      ['advice', { retryAfterMs: 500 }],
      ['advice', { reauthenticate: true }],
      ['pong'],
    ])
    expect(server.tokens).toEqual(['old', 'new'])
  })

  it('gives every close code its verdict', async () => {
    const { open } = setup()
    const { link } = await open()
    const verdicts = [1006, 4000, 4001, 4002, 4003, 4100].map((code) => {
      const failure = link.ended?.({ code, reason: 'why' })
      return [code, failure?.verdict, failure?.error.code]
    })
    expect(verdicts).toEqual([
      [1006, undefined, undefined],
      [4000, 'retry', 'protocol.violation'],
      [4001, 'stop', 'auth.failed'],
      [4002, 'stop', 'connection.refused'],
      [4003, 'stop', 'connection.replaced'],
      [4100, 'retry-now', 'connection.lost'],
    ])
  })

  it.each(['', 'no json', '[]', '{"t":"nothing"}', '{"t":"msg","ch":1}', '{"t":"subbed","ch":"room"}'])(
    'throws message.malformed for %j',
    async (frame) => {
      const { open } = setup()
      const { link } = await open()
      expect(() => link.receive(frame)).toThrow('[message.malformed]')
    },
  )
})
