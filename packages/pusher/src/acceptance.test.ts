import {
  createFakeClock,
  createFakeSignals,
  createMemoryTransport,
  type FakeClock,
  type MemoryTransport,
  settled,
} from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createPusherFarEnd, type FarEndOptions, KEY, type PusherFarEnd } from './far-end-test-setup.ts'
import { createPusher, type PusherOptions, type RealtimeError } from './index.ts'

interface World {
  readonly clock: FakeClock
  readonly transport: MemoryTransport
  readonly server: PusherFarEnd
  client(options?: Partial<PusherOptions>): ReturnType<typeof createPusher>
}

function world(farEnd: FarEndOptions = {}): World {
  const clock = createFakeClock()
  const transport = createMemoryTransport({ clock })
  const server = createPusherFarEnd(farEnd)
  server.attach(transport)
  return {
    clock,
    transport,
    server,
    client(options = {}) {
      const signals = createFakeSignals()
      const client = createPusher({ key: KEY, host: 'localhost', clock, transport, signals, ...options })
      onTestFinished(() => client.close())
      return client
    },
  }
}

/** An app's own server: who has which token may join which channels. */
function createApp(server: PusherFarEnd, users: Readonly<Record<string, (channel: string) => boolean>>) {
  const posts: string[] = []
  return {
    posts,
    fetch: (async (_: string, { headers, body }: RequestInit) => {
      const form = new URLSearchParams(body as string)
      const channel = form.get('channel_name') ?? ''
      const token = new Headers(headers).get('authorization') ?? ''
      posts.push(`${token} ${channel}`.trim())
      const may = users[token]
      if (!may) return new Response('{}', { status: 401 })
      if (!may(channel)) return new Response('{}', { status: 403 })
      return new Response(JSON.stringify(server.sign.channel(form.get('socket_id') ?? '', channel)))
    }) as unknown as typeof fetch,
  }
}

describe('a booking that changes while the line is lost', () => {
  it('is authorized with the new token, joined once and heard once', async () => {
    const { server, client: make, clock, transport } = world({ dialect: 'reverb' })
    const app = createApp(server, { old: () => true, new: () => true })
    let token = 'old'
    const client = make({ auth: { fetch: app.fetch, headers: async () => ({ Authorization: token }) } })
    const heard: unknown[] = []
    client.untyped('private-user.42').on('BookingStatusUpdated', (booking) => heard.push(booking))
    await clock.advance(0)
    token = 'new'
    transport.last.drop()
    await settled()
    expect(client.status.get().status).not.toBe('connected')
    await clock.advance(5000)
    server.publish('private-user.42', 'BookingStatusUpdated', { booking_code: 'A7' })
    await clock.advance(0)
    expect(app.posts).toEqual(['old private-user.42', 'new private-user.42'])
    expect(server.frames.filter(({ event }) => event === 'pusher:subscribe').length).toBe(2)
    expect(heard).toEqual([{ booking_code: 'A7' }])
  })
})

describe('who may join what', () => {
  const users = {
    customer42: (channel: string) => /^private-(user|booking)\.42$/.test(channel),
    customer7: (channel: string) => /^private-(user|booking)\.7$/.test(channel),
    admin: (channel: string) => /^private-(user|booking)\.\d+$/.test(channel),
  }
  const names = ['private-user.42', 'private-booking.42', 'private-unknown.1']

  it.each([
    ['visitor', [401, 401, 401]],
    ['customer42', ['joined', 'joined', 403]],
    ['customer7', [403, 403, 403]],
    ['admin', ['joined', 'joined', 403]],
  ])('%s', async (who, expected) => {
    const { server, client: make, clock, transport } = world()
    const app = createApp(server, users)
    const client = make({ auth: { fetch: app.fetch, headers: { Authorization: who } } })
    const errors: RealtimeError[] = []
    client.onError((error) => errors.push(error))
    const channels = names.map((name) => client.untyped(name))
    for (const channel of channels) channel.join()
    await clock.advance(120_000)
    const outcomes = channels.map((channel) => {
      const status = channel.status.get()
      return status.state === 'rejected' ? (status.error.details as { status: number }).status : status.state
    })
    expect(outcomes).toEqual(expected)
    const refused = names.filter((_, n) => expected[n] !== 'joined')
    expect(errors.map(({ code, details }) => [code, (details as { channel: string }).channel])).toEqual(
      refused.map((name) => ['auth.failed', name]),
    )
    // One request each, and one more with fresh headers after a 401.
    expect(app.posts.length).toBe(who === 'visitor' ? 6 : 3)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['connected', 1])
  })
})

describe('a server that is down for good', () => {
  const backoff = { baseMs: 2000, firstMs: 2000, factor: 2, capMs: 60_000, floorMs: 0, maxAttempts: 5 }
  const connection = { minDialGapMs: 0 }

  it('is tried after 2, 4, 8, 16 and 32 s, and then no more', async () => {
    const { server, client: make, clock, transport } = world()
    const client = make({ backoff: { ...backoff, jitter: 0 }, connection })
    await client.connect()
    await clock.advance(60_000)
    const dials: number[] = []
    let last = clock.now()
    transport.onDial(() => {
      dials.push(clock.now() - last)
      last = clock.now()
    })
    const statuses: string[] = []
    client.status.subscribe(({ status }) => statuses.push(status))
    server.outage()
    await clock.advance(600_000)
    expect(dials).toEqual([2000, 4000, 8000, 16_000, 32_000])
    expect([statuses.at(-1), client.status.get().lastError?.code]).toEqual(['failed', 'connection.gave-up'])
    expect(statuses.filter((status) => status === 'failed').length).toBe(1)
  })

  it('is counted anew after it was back', async () => {
    const { server, client: make, clock } = world()
    const client = make({ backoff: { ...backoff, jitter: 0 }, connection })
    await client.connect()
    server.outage()
    await clock.advance(13_000)
    expect(client.status.get().attempt).toBe(3)
    server.restore()
    await clock.advance(17_000)
    expect(client.status.get()).toMatchObject({ status: 'connected', attempt: 0 })
  })

  it('is tried within the bounds of each delay, with jitter', async () => {
    const { server, client: make, clock, transport } = world()
    const client = make({ backoff, connection })
    await client.connect()
    await clock.advance(60_000)
    const dials: number[] = []
    let last = clock.now()
    transport.onDial(() => {
      dials.push(clock.now() - last)
      last = clock.now()
    })
    server.outage()
    await clock.advance(600_000)
    expect(dials.length).toBe(5)
    for (const [n, delay] of dials.entries()) expect(delay).toBeLessThanOrEqual(2000 * 2 ** n)
  })
})

describe('what a user is told of the connection', () => {
  it('is reconnecting and then connected, once each, and closed alone when it was meant', async () => {
    const { client: make, clock, transport } = world()
    const client = make()
    await client.connect()
    const toasts: string[] = []
    client.status.subscribe(({ status }) => {
      if (toasts.at(-1) !== status) toasts.push(status)
    })
    transport.last.drop()
    await clock.advance(10_000)
    expect(toasts).toEqual(['reconnecting', 'connected'])
    toasts.length = 0
    await client.close()
    expect(toasts).toEqual(['closed'])
  })
})

describe('a dashboard that nobody touches for ten minutes', () => {
  it('stays connected, and asks the server itself', async () => {
    const { client: make, clock, server, transport } = world({ activityTimeoutS: 30 })
    const client = make()
    client.untyped('scada-data').join()
    await clock.advance(600_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['connected', 1])
    expect(server.frames.filter(({ event }) => event === 'pusher:ping').length).toBe(24)
  })

  it('finds a server that answers no more, and goes for another connection', async () => {
    const { client: make, clock, transport } = world({ activityTimeoutS: 30 })
    const client = make()
    client.untyped('scada-data').join()
    await clock.advance(60_000)
    transport.last.stall()
    await clock.advance(30_000)
    expect(transport.sessions.length).toBe(2)
    await clock.advance(1000)
    expect(client.status.get().status).toBe('connected')
  })
})

describe('one client under any connection trouble', () => {
  it('never has more than one live socket', async () => {
    const { client: make, clock, transport, server } = world()
    const client = make()
    client.untyped('room').join()
    for (let n = 0; n < 50; n++) {
      await clock.advance(700 * (n % 5))
      if (n % 3 === 0) server.dropAll()
      else if (n % 3 === 1) client.reconnectNow()
      else server.dropAll({ code: 4200, reason: 'Restart' })
      expect(transport.open.filter(({ state }) => state === 'open').length).toBeLessThanOrEqual(1)
    }
  })
})
