import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../fake-clock.ts'
import { createMemoryTransport } from '../memory-transport.ts'
import { openLink } from '../open-link.ts'
import { settled } from '../settled.ts'
import { createSendOnlyProtocol, fromWire, toWire } from './send-only-protocol.ts'
import { createSendOnlyServer, type SendOnlyServerOptions } from './send-only-server.ts'

async function setup(options?: SendOnlyServerOptions) {
  const transport = createMemoryTransport()
  const server = createSendOnlyServer(options)
  server.attach(transport)
  const opened = await openLink(createSendOnlyProtocol(), transport)
  await settled()
  return { ...opened, transport, server, peer: transport.last }
}

const request = (key: string) => ({ key, recover: false, options: {} })

describe('send-only protocol', () => {
  it('is ready at the greeting, which is the first frame', async () => {
    const { log } = await setup()
    expect(log).toEqual([['ready', { heartbeat: { sendIdleMs: 20_000 } }]])
  })

  it('reports a channel as joined at once', async () => {
    const { link, log, peer } = await setup()
    link.subscribe([request('room/1'), request('b')])
    expect(log.slice(1)).toEqual([
      ['joined', 'room/1'],
      ['joined', 'b'],
    ])
    expect(peer.sent).toEqual(['join #room%2F1', 'join #b'])
  })

  it('is told of a refusal later', async () => {
    const { link, log, server } = await setup()
    server.refuse('room')
    server.refuse('busy', { code: 'busy', retryMs: 500 })
    link.subscribe([request('room'), request('busy')])
    await settled()
    expect(log.slice(3)).toMatchObject([
      ['refused', 'room', { code: 'channel.rejected', details: { channel: 'room', code: 'denied' } }, false],
      ['refused', 'busy', { details: { code: 'busy' } }, { afterMs: 500 }],
    ])
  })

  it('hands payloads over undecoded', async () => {
    const { link, log, server } = await setup()
    link.subscribe([request('room')])
    await settled()
    server.publish('room', 'was said', { text: 'a b c' })
    await settled()
    const report = log[2]
    if (report?.[0] !== 'message') throw new Error('No message')
    expect(report.slice(1, 4)).toEqual(['room', 'was said', '{"text":"a b c"}'])
    expect(report[5]?.(report[3])).toEqual({ text: 'a b c' })
  })

  it('knows nothing of a publish but that it was sent', async () => {
    const { link, log, server } = await setup()
    const message = {
      id: '1',
      key: 'room',
      event: 'said',
      payload: '{"a":"b c"}',
      resent: false,
      options: {},
    }
    expect(link.publish?.({ ...message, delivery: 'at-most-once' })).toBe('sent')
    await settled()
    expect(server.received).toMatchObject([
      { id: undefined, channel: 'room', event: 'said', payload: { a: 'b c' } },
    ])
    expect(log).toHaveLength(1)
  })

  it('keeps the server from ending an idle session by beating', async () => {
    const clock = createFakeClock()
    const { link, log, server } = await setup({ clock, idleLimitMs: 30_000 })
    await clock.advance(20_000)
    link.beat?.()
    await clock.advance(29_000)
    expect([server.beats, log.length]).toEqual([1, 1])
    await clock.advance(1000)
    expect(log[1]).toEqual(['end', { code: 1001, reason: 'idle' }])
    expect(clock.pending).toEqual([])
  })

  it.each(['', 'said', 'said room e 1', 'said #r%', 'denied room x', 'what #room'])(
    'throws message.malformed for %j',
    async (frame) => {
      const { link } = await setup()
      expect(() => link.receive(frame)).toThrow('[message.malformed]')
    },
  )

  it.each(['a', 'a b', 'a/b', '#a', 'ä%20'])('maps the name %j to the wire and back', (name) => {
    expect(toWire(name)).toMatch(/^#\S*$/)
    expect(fromWire(toWire(name))).toBe(name)
  })
})
