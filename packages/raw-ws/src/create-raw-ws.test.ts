import {
  createFakeClock,
  createFakeSignals,
  createMemoryTransport,
  leakCheck,
  scriptPeer,
  settled,
} from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createRawWs, defineChannels, event } from './index.ts'
import type { StrictOptions } from './raw-ws-options.ts'
import { welcome } from './strict-test-setup.ts'

const channels = defineChannels({
  'room.{id}': { Said: event<string>(), Image: event<Uint8Array>() },
  '@{client}': { Poked: event<{ times: number }>() },
})

/** A client whose server welcomes, lets into every channel and acknowledges everything but what goes to nobody. */
function setup(options: Partial<StrictOptions<typeof channels>> = {}) {
  const clock = createFakeClock()
  const signals = createFakeSignals()
  const transport = createMemoryTransport()
  const script = scriptPeer(transport, [
    { when: /"hello"/, reply: JSON.stringify(welcome) },
    {
      when: /"sub"/,
      reply: (frame) =>
        JSON.parse(`${frame}`).chs.map(({ ch }: { ch: string }) =>
          JSON.stringify({ t: 'subbed', ch, epoch: 'e', off: 0, recovered: false }),
        ),
    },
    {
      when: /"to":"nobody"/,
      reply: (frame) =>
        JSON.stringify({ t: 'nack', id: JSON.parse(`${frame}`).id, code: 'not-found', message: 'Nobody' }),
    },
    { when: /"ack":true/, reply: (frame) => JSON.stringify({ t: 'ack', id: JSON.parse(`${frame}`).id }) },
  ])
  const client = createRawWs({ url: 'memory://server', channels, clock, signals, transport, ...options })
  onTestFinished(async () => {
    await client.close()
    await settled()
    script.stop()
    leakCheck({ clock, transport, signals, client })
  })
  return {
    client,
    clock,
    transport,
    async say(...frames: object[]) {
      transport.last.send(...frames.map((frame) => JSON.stringify(frame)))
      await settled()
    },
    heard: () => transport.last.sent.map((frame) => JSON.parse(`${frame}`)),
  }
}

describe('createRawWs', () => {
  it('connects, listens and publishes by the registry', async () => {
    const { client, say, heard } = setup()
    const room = client.channel('room.{id}', { id: 7 })
    const said: unknown[] = []
    room.on('Said', (text, { offset, epoch, from }) => said.push([text, offset, epoch, from]))
    const receipt = await room.publish('Said', 'good day', { delivery: 'at-least-once' })
    await say({ t: 'msg', ch: 'room.7', off: 1, ev: 'Said', data: 'hi', from: 'c-9' })
    expect(said).toEqual([['hi', 1, 'e', 'c-9']])
    expect(receipt.outcome).toBe('acknowledged')
    expect(heard()).toMatchObject([
      { t: 'hello' },
      { t: 'sub', chs: [{ ch: 'room.7' }] },
      { t: 'pub', ch: 'room.7', ev: 'Said', data: 'good day', id: receipt.id },
    ])
  })

  it('has an id from its first welcome to its goodbye', async () => {
    const { client } = setup()
    const ids: unknown[] = []
    client.raw.id.subscribe((id) => ids.push(id))
    expect(client.raw.id.get()).toBeUndefined()
    await client.connect()
    expect(client.raw.id.get()).toBe('c-1')
    await client.close()
    expect(ids).toEqual(['c-1', undefined])
  })

  it('tells of a listener of its id that throws', async () => {
    const { client } = setup()
    const errors: unknown[] = []
    client.onError(({ code, cause }) => errors.push([code, cause]))
    const cause = new Error('mine')
    client.raw.id.subscribe((id) => {
      if (id) throw cause
    })
    await client.connect()
    expect(errors).toEqual([['listener.failed', cause]])
  })

  it('keeps its id while the connection is lost, and comes back to its session', async () => {
    const { client, clock, transport, heard } = setup()
    await client.connect()
    transport.last.drop()
    await settled()
    expect([client.status.get().status, client.raw.id.get()]).toEqual(['reconnecting', 'c-1'])
    await clock.advance(5000)
    expect(heard()[0]).toEqual({ t: 'hello', v: 1, session: 's-1' })
  })

  it('shares neither session nor id with another identity', async () => {
    const { client, heard } = setup()
    await client.connect()
    client.reauthenticate({ newIdentity: true })
    await settled()
    expect(heard()).toEqual([{ t: 'hello', v: 1 }])
  })

  it('sends to one client, with a receipt', async () => {
    const { client, heard } = setup()
    await client.connect()
    const receipt = await client.raw.sendTo('c-9', 'Poked', { times: 2 }, { delivery: 'at-least-once' })
    expect(receipt.outcome).toBe('acknowledged')
    expect(heard()[1]).toEqual({
      t: 'send',
      to: 'c-9',
      ev: 'Poked',
      data: { times: 2 },
      ack: true,
      id: receipt.id,
    })
    await expect(
      client.raw.sendTo('nobody', 'Poked', 1, { delivery: 'at-least-once' }),
    ).rejects.toMatchObject({
      code: 'publish.refused',
      details: { channel: '@nobody', event: 'Poked', code: 'not-found' },
    })
  })

  it('hears direct messages, and holds the connection for that', async () => {
    const { client, clock, say } = setup()
    const messages: unknown[] = []
    const stop = client.raw.onDirect((message) => messages.push(message))
    client.channel('@me').on('Poked', ({ times }) => messages.push(times))
    await settled()
    await say({ t: 'direct', from: 'c-9', ev: 'Poked', data: { times: 3 } })
    const meta = { channel: '@me', event: 'Poked', from: 'c-9' }
    expect(messages).toEqual([3, { event: 'Poked', payload: { times: 3 }, meta }])
    stop()
    client.channel('@me').leave()
    await clock.advance(10_000)
    expect(client.status.get().status).toBe('connected')
  })

  it('asks for a token before every dial, and gives a fresh one in band before it ends', async () => {
    let count = 0
    const { client, say, heard, clock, transport } = setup({ token: async () => `token-${++count}` })
    await client.connect()
    await say({ t: 'expiring', ms: 30_000 })
    expect(heard()).toEqual([
      { t: 'hello', v: 1, token: 'token-1' },
      { t: 'auth', token: 'token-2' },
    ])
    transport.last.end({ code: 4004, reason: 'over' })
    await clock.advance(1000)
    expect(heard()[0]).toMatchObject({ t: 'hello', token: 'token-3' })
  })

  it('brings bytes both ways', async () => {
    const { client, transport } = setup()
    const images: unknown[] = []
    const room = client.channel('room.{id}', { id: 7 })
    room.on('Image', (bytes) => images.push(bytes))
    await settled()
    await room.publish('Image', Uint8Array.of(7, 8))
    const header = new TextEncoder().encode('{"t":"msg","ch":"room.7","off":1,"ev":"Image"}')
    transport.last.send(Uint8Array.of(0, header.length, ...header, 1, 2))
    await settled()
    expect(images).toEqual([Uint8Array.of(1, 2)])
    expect(transport.last.sent.at(-1)?.slice(-2)).toEqual(Uint8Array.of(7, 8))
  })

  it.each([
    [false, '"data":"…"'],
    [true, '"data":"secret"'],
  ])('shows payloads in its trace only when asked: %s', async (tracePayloads, shown) => {
    const { client, say } = setup({ token: 'secret token', tracePayloads })
    const frames: unknown[] = []
    client.trace.subscribe((entry) => entry.type === 'frame' && frames.push(entry.text))
    client.channel('room.{id}', { id: 7 }).join()
    await settled()
    await say({ t: 'msg', ch: 'room.7', off: 1, ev: 'Said', data: 'secret' })
    expect(frames.join()).toContain(shown)
    expect(frames.join()).not.toMatch(/secret token|s-1/)
  })

  it('finds a silent server within 30 seconds', async () => {
    const { client, clock, transport } = setup()
    await client.connect()
    await clock.advance(10_000)
    const [peer] = transport.sessions
    peer?.stall()
    await clock.advance(30_000)
    expect([peer?.closedBy, client.status.get().status]).toEqual(['dead', 'connected'])
  })
})
