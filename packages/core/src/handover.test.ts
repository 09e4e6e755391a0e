import { createAckedProtocol, createAckedServer, type MemoryPeer, settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import type { LinkEvents, Protocol } from './protocol.ts'
import { accept, said, serve, setup, tell, testProtocol } from './test-setup.ts'

/** Connected for a while, and asked to move within the window. */
async function drained(drainMs = 0, options?: Parameters<typeof setup>[0]) {
  const kit = setup(options)
  const old = await kit.connect()
  await kit.clock.advance(10_000)
  tell(old, 'advice', { drainMs })
  await kit.clock.advance(drainMs)
  await kit.clock.advance(0)
  return { ...kit, old, next: kit.transport.last }
}

const answers = (peer: MemoryPeer): unknown[] => said(peer).map(([word]) => word)

describe('drain', () => {
  it('makes a second connection before it closes the first (edge 88)', async () => {
    const { client, next, old, statuses, transport } = await drained()
    expect([transport.open, client.status.get().status]).toEqual([[old, next], 'connected'])
    await accept(next)
    expect([answers(old), old.closedBy]).toEqual([['hello', 'goodbye'], { code: 1000, reason: '' }])
    expect([transport.open, statuses]).toEqual([[next], ['connecting', 'connected']])
  })

  it('moves every channel before it lets the first connection go (edge 88)', async () => {
    const { client, clock, connect, transport } = setup()
    const heard: unknown[] = []
    client.untyped('a').on('said', (value) => heard.push(value))
    client.untyped('b').on('said', (value) => heard.push(value))
    const old = await connect()
    for (const key of ['a', 'b']) tell(old, 'joined', key)
    await clock.advance(10_000)
    tell(old, 'advice', { drainMs: 0 })
    await clock.advance(0)
    await clock.advance(0)
    const next = await accept(transport.last)
    expect(said(next)).toEqual([
      ['hello', null],
      ['subscribe', 'a', 'b'],
    ])
    tell(next, 'joined', 'a')
    tell(old, 'message', 'b', 'said', 'old b')
    tell(old, 'message', 'a', 'said', 'not twice')
    tell(next, 'message', 'a', 'said', 'new a')
    tell(next, 'message', 'b', 'said', 'too early')
    await settled()
    expect([heard, old.closedBy]).toEqual([['old b', 'new a'], undefined])
    tell(next, 'joined', 'b')
    await settled()
    expect(old.closedBy).toEqual({ code: 1000, reason: '' })
    tell(next, 'message', 'b', 'said', 'new b')
    await settled()
    expect(heard).toEqual(['old b', 'new a', 'new b'])
  })

  it('loses and doubles nothing under a steady stream (edge 88)', async () => {
    const server = createAckedServer()
    const { client, clock, transport, statuses } = setup({
      protocol: createAckedProtocol() as unknown as Protocol,
    })
    server.attach(transport)
    const heard: unknown[] = []
    client.untyped('room').on('said', (value) => heard.push(value))
    await clock.advance(10_000)
    for (let number = 0; number < 3000; number++) {
      if (number % 1000 === 500) server.drain(300)
      server.publish('room', 'said', number)
      await clock.advance(10)
    }
    expect(heard).toEqual(Array.from({ length: 3000 }, (_, number) => number))
    expect([transport.sessions.length, statuses]).toEqual([4, ['connecting', 'connected']])
    expect(client.untyped('room').status.get()).toMatchObject({ state: 'joined' })
  })

  it('waits for publishes in flight before it lets the first connection go (edge 88)', async () => {
    const { client, clock, connect, transport } = setup()
    const old = await connect()
    const receipt = client.untyped('room').publish('said', 1, { delivery: 'at-least-once' })
    await clock.advance(10_000)
    tell(old, 'advice', { drainMs: 0 })
    await clock.advance(0)
    await clock.advance(0)
    const next = await accept(transport.last)
    expect(old.closedBy).toBeUndefined()
    tell(old, 'settled', said(old)[1]?.[3], 'acknowledged')
    expect(await receipt).toMatchObject({ outcome: 'acknowledged' })
    await settled()
    expect([old.closedBy, answers(next)]).toEqual([{ code: 1000, reason: '' }, ['hello']])
  })

  it('sends again what the first connection never acknowledged by its deadline', async () => {
    const { client, clock, connect, transport } = setup()
    const old = await connect()
    const receipt = client.untyped('room').publish('said', 1, { delivery: 'at-least-once' })
    await clock.advance(10_000)
    tell(old, 'advice', { drainMs: 0 })
    await clock.advance(0)
    await clock.advance(0)
    const next = await accept(transport.last)
    await clock.advance(10_000)
    expect([old.closedBy, answers(next)]).toEqual([{ code: 1000, reason: '' }, ['hello', 'publish']])
    expect(said(next)[1]?.[3]).toBe(said(old)[1]?.[3])
    tell(next, 'settled', said(next)[1]?.[3], 'acknowledged')
    expect(await receipt).toMatchObject({ outcome: 'acknowledged' })
  })

  it('spreads clients over the window', async () => {
    const delays: number[] = []
    for (let seed = 1; seed <= 40; seed++) {
      const { clock, connect, transport } = setup({ seed })
      const old = await connect()
      await clock.advance(10_000)
      tell(old, 'advice', { drainMs: 4000 })
      await settled()
      delays.push(clock.pending[0]?.dueIn ?? -1)
      expect(transport.sessions).toHaveLength(1)
    }
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0)
    expect(Math.min(...delays)).toBeLessThan(500)
    expect(Math.max(...delays)).toBeLessThanOrEqual(4000)
    expect(Math.max(...delays)).toBeGreaterThan(3500)
  })

  it.each([0, -1, NaN, -Infinity, Infinity, 1e300])('of %d ms is followed within reason', async (drainMs) => {
    let wire: LinkEvents | undefined
    const { clock, connect, transport } = setup({ protocol: testProtocol((_, events) => (wire ??= events)) })
    transport.onDial((peer) => transport.sessions.length > 1 && serve(peer))
    const old = await connect()
    old.onFrame(() => tell(old, 'pong'))
    await clock.advance(10_000)
    wire?.advice({ drainMs })
    await clock.advance(300_000)
    expect(transport.sessions).toHaveLength(2)
  })

  it('advised again during the handover changes nothing (edge 89)', async () => {
    const { clock, next, old, transport } = await drained()
    tell(old, 'advice', { drainMs: 0 })
    tell(old, 'advice', { drainMs: 5000 })
    await clock.advance(6000)
    expect(transport.open).toEqual([old, next])
    await accept(next)
    await clock.advance(6000)
    expect(transport.sessions).toHaveLength(2)
  })

  it('advised again before the handover goes by the newer window (edge 89)', async () => {
    const { clock, connect, transport } = setup()
    const old = await connect()
    await clock.advance(10_000)
    tell(old, 'advice', { drainMs: 60_000 })
    tell(old, 'advice', { drainMs: 0 })
    await clock.advance(0)
    await clock.advance(0)
    expect(transport.sessions).toHaveLength(2)
  })

  it('keeps the old connection when the new one fails, and tries again (edge 90)', async () => {
    const { client, clock, errors, next, old, statuses, transport } = await drained()
    next.refuse()
    await clock.advance(1000)
    await clock.advance(0)
    expect(transport.open).toEqual([old, transport.last])
    expect(transport.sessions).toHaveLength(3)
    await accept(transport.last)
    expect([statuses, errors.splice(0)]).toEqual([['connecting', 'connected'], ['connection.lost']])
    expect(client.status.get()).toMatchObject({ attempt: 0, lastError: undefined })
  })

  it('never dials twice within minDialGapMs when new connections fail (edge 90)', async () => {
    const { clock, connect, errors, transport } = setup()
    const times: number[] = []
    const old = await connect()
    old.onFrame(() => tell(old, 'pong'))
    transport.onDial((peer) => {
      times.push(clock.now())
      peer.refuse()
    })
    await clock.advance(10_000)
    tell(old, 'advice', { drainMs: 0 })
    await clock.advance(60_000)
    errors.length = 0
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000)
    expect(times.length).toBeGreaterThan(5)
  })

  it('keeps the old connection for good when the new one is refused for good (edge 90)', async () => {
    const { clock, errors, next, old, statuses, transport } = await drained()
    next.accept()
    tell(next, 'fail', 'stop', 'auth.failed')
    await clock.advance(20_000)
    expect([statuses, old.closedBy, transport.sessions.length]).toEqual([
      ['connecting', 'connected'],
      undefined,
      2,
    ])
    expect(errors.splice(0)).toEqual(['auth.failed'])
  })

  it('lets the old connection go at its deadline although a channel did not come over (edge 90)', async () => {
    const { client, clock, connect, transport, statuses } = setup({ subscribe: { joinMs: 60_000 } })
    client.untyped('room').join()
    const old = await connect()
    tell(old, 'joined', 'room')
    await clock.advance(10_000)
    tell(old, 'advice', { drainMs: 0 })
    await clock.advance(0)
    await clock.advance(0)
    const next = await accept(transport.last)
    await clock.advance(9999)
    expect(transport.open).toEqual([old, next])
    await clock.advance(1)
    expect([transport.open, statuses]).toEqual([[next], ['connecting', 'connected']])
    expect(client.untyped('room').status.get()).toEqual({ state: 'joining' })
  })

  it('takes over at once when the old connection drops and the new one is ready', async () => {
    const { client, clock, connect, transport, statuses } = setup()
    client.untyped('room').join()
    const old = await connect()
    tell(old, 'joined', 'room')
    await clock.advance(10_000)
    tell(old, 'advice', { drainMs: 0 })
    await clock.advance(0)
    await clock.advance(0)
    const next = await accept(transport.last)
    old.drop()
    await settled()
    tell(next, 'joined', 'room')
    await clock.advance(1000)
    expect([statuses, transport.sessions.length]).toEqual([['connecting', 'connected'], 2])
    expect(client.untyped('room').status.get()).toMatchObject({ state: 'joined' })
  })

  it.each([1006, 4002])(
    'goes on with the new dial when the old connection ends with %i before that',
    async (code) => {
      const { clock, next, old, statuses, transport } = await drained()
      old.end({ code })
      await settled()
      expect(statuses).toEqual(['connecting', 'connected', 'reconnecting'])
      await accept(next)
      await clock.advance(5000)
      expect([statuses.at(-1), transport.sessions.length]).toEqual(['connected', 2])
    },
  )

  it('is forgotten when the old connection drops before the new dial', async () => {
    const { clock, connect, transport } = setup()
    const old = await connect()
    await clock.advance(10_000)
    tell(old, 'advice', { drainMs: 60_000 })
    old.drop()
    await clock.advance(1000)
    await accept(transport.last)
    transport.last.onFrame(() => tell(transport.last, 'pong'))
    await clock.advance(120_000)
    expect(transport.sessions).toHaveLength(2)
  })

  it('gives up a new dial that is never answered, and keeps the old connection (edge 90)', async () => {
    const { clock, errors, next, old, transport } = await drained()
    old.onFrame(() => tell(old, 'pong'))
    await clock.advance(10_000)
    expect([next.closedBy, old.closedBy]).toEqual(['dead', undefined])
    expect(errors.splice(0)).toEqual(['connection.timeout'])
    await clock.advance(1000)
    await accept(transport.last)
    expect(transport.open).toEqual([transport.last])
  })

  it.each(['close', 'pause'] as const)('ends with both connections on %s()', async (verb) => {
    const { client, next, transport } = await drained()
    client[verb]()
    await settled()
    expect([transport.open, next.sent]).toEqual([[], []])
  })

  it('counts no failure of a connection that was stable before the handover', async () => {
    const { client, clock, transport } = setup()
    let dials = 0
    transport.onDial((peer) => (++dials < 8 ? peer.refuse() : serve(peer)))
    await Promise.all([client.connect(), clock.advance(120_000)])
    tell(transport.last, 'advice', { drainMs: 0 })
    await clock.advance(2000)
    transport.last.drop()
    await settled()
    expect([transport.sessions.length, client.status.get().attempt]).toEqual([9, 1])
  })

  it('watches the new connection from then on', async () => {
    const { clock, next, statuses } = await drained()
    await accept(next, { heartbeat: { receiveIdleMs: 1000, answerMs: 500 } })
    await clock.advance(1000)
    expect(said(next).at(-1)).toEqual(['ping'])
    await clock.advance(500)
    expect(statuses.at(-1)).toBe('reconnecting')
  })

  it('keeps watching the old connection until then', async () => {
    const { client, clock, next, old } = await drained()
    await clock.advance(9000)
    await accept(next)
    expect([answers(old), client.status.get().health]).toEqual([['hello', 'goodbye'], 'ok'])
  })

  it('may happen a hundred times and leaves nothing behind', async () => {
    const { client, clock, left, signals, transport } = setup()
    transport.onDial((peer) => serve(peer))
    await client.connect()
    for (let time = 0; time < 100; time++) {
      await clock.advance(1000)
      tell(transport.last, 'advice', { drainMs: 500 })
      await clock.advance(600)
    }
    expect(transport.sessions).toHaveLength(101)
    expect([left().timers.length, transport.open.length, signals.listeners]).toEqual([1, 1, 1])
  })

  it('does not pass for a new connection: `since` stays, and nobody waits for a handshake', async () => {
    const { client, next, clock } = await drained()
    const { since } = client.status.get()
    await clock.advance(100)
    await accept(next)
    expect(client.status.get().since).toBe(since)
  })
})
