import {
  createFakeClock,
  createFakeSignals,
  createMemoryTransport,
  leakCheck,
  settled,
  strictTrace,
} from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCodec, createRawWs } from '../index.ts'

/** The dashboard of the guide, whose hand-written client got all of this wrong. */
const codec = createCodec({
  decode(frame) {
    const { channel, event, data } = JSON.parse(String(frame))
    if (channel === undefined) return undefined
    return { type: 'message', channel, event, payload: typeof data === 'string' ? JSON.parse(data) : data }
  },
  subscribe: (channel) => JSON.stringify({ event: 'subscribe', data: { channel } }),
  unsubscribe: (channel) => JSON.stringify({ event: 'unsubscribe', data: { channel } }),
  heartbeat: { frame: '{"type":"heartbeat"}', everyMs: 30_000 },
})

function setup() {
  const clock = createFakeClock()
  const signals = createFakeSignals()
  const transport = createMemoryTransport({ clock, autoAccept: true })
  const dashboard = createRawWs({
    url: 'memory://scada',
    codec,
    backoff: { maxAttempts: 10, firstMs: 1000, baseMs: 1000, capMs: 30_000, jitter: 0 },
    ...{ clock, signals, transport },
  })
  const strict = strictTrace(dashboard)
  onTestFinished(async () => {
    await dashboard.close()
    await settled()
    leakCheck({ clock, signals, transport, client: dashboard })
    strict.verify()
  })
  return { clock, transport, dashboard, data: dashboard.untyped('scada-data') }
}

const subscribe = '{"event":"subscribe","data":{"channel":"scada-data"}}'

describe('the SCADA dashboard', () => {
  it('remembers a subscribe while it is not connected, and sends it once it is', async () => {
    const { transport, data, dashboard } = setup()
    data.on('scada.data.received', () => {})
    expect(dashboard.status.get().status).toBe('connecting')
    await settled()
    expect(transport.last.sent).toEqual([subscribe])
  })

  it('subscribes once, however often it is asked, and calls every handler', async () => {
    const { transport, data } = setup()
    const seen: unknown[] = []
    for (const name of ['first', 'second'])
      data.on('scada.data.received', (reading) => seen.push([name, reading]))
    await settled()
    transport.last.send(
      '{"channel":"scada-data","event":"scada.data.received","data":"{\\"temperature\\":-3}"}',
    )
    await settled()
    expect(transport.last.sent).toEqual([subscribe])
    expect(seen).toEqual([
      ['first', { temperature: -3 }],
      ['second', { temperature: -3 }],
    ])
  })

  it('reads payloads that are objects, and passes over greetings', async () => {
    const { transport, data } = setup()
    const seen: unknown[] = []
    data.onAny(({ event, payload }) => seen.push([event, payload]))
    await settled()
    transport.last.send('{"event":"connection_established","data":"{}"}')
    transport.last.send('{"channel":"scada-data","event":"scada.data.received","data":{"rainfall":0}}')
    await settled()
    expect(seen).toEqual([['scada.data.received', { rainfall: 0 }]])
  })

  it('is kept by a heartbeat every 30 s that nobody answers', async () => {
    const { transport, data, clock } = setup()
    data.join()
    await clock.advance(600_000)
    expect(transport.sessions).toHaveLength(1)
    expect(transport.last.sent.slice(1)).toEqual(Array.from({ length: 20 }, () => '{"type":"heartbeat"}'))
  })

  it('dials once after an error that a close follows', async () => {
    const { transport, data, clock } = setup()
    data.join()
    await settled()
    transport.last.end({ error: new Error('reset') })
    transport.last.lateEnd({ code: 1006, reason: '' })
    await clock.advance(1000)
    expect(transport.sessions).toHaveLength(2)
    await clock.advance(30_000)
    expect([transport.sessions.length, transport.last.sent]).toEqual([2, [subscribe, '{"type":"heartbeat"}']])
  })

  it('waits 1, 2, 4, 8, 16, 30, 30 ... seconds, and gives up after 10 tries', async () => {
    const { transport, data, clock, dashboard } = setup()
    data.join()
    await settled()
    const dialledAt: number[] = []
    transport.onDial((peer) => {
      dialledAt.push(clock.now() / 1000)
      peer.refuse()
    })
    const start = clock.now() / 1000
    transport.last.drop()
    await clock.advance(600_000)
    const delays = dialledAt.map((at, index) => Math.round(at - (dialledAt[index - 1] ?? start)))
    expect(delays).toEqual([1, 2, 4, 8, 16, 30, 30, 30, 30, 30])
    expect(dashboard.status.get()).toMatchObject({
      status: 'failed',
      lastError: { code: 'connection.gave-up' },
    })
  })

  it('shows the last value although it draws ten times a second', async () => {
    const { transport, data, clock } = setup()
    const drawn: unknown[] = []
    data.on('scada.data.received', (reading) => drawn.push(reading), {
      rate: { everyMs: 100, keep: 'latest' },
    })
    await settled()
    for (let ms = 0; ms < 1000; ms += 10) {
      transport.last.send(`{"channel":"scada-data","event":"scada.data.received","data":${ms}}`)
      await clock.advance(10)
    }
    await clock.advance(100)
    expect(drawn.length).toBeLessThanOrEqual(11)
    expect([drawn[0], drawn.at(-1)]).toEqual([0, 990])
  })
})
