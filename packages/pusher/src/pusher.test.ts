import { createFakeClock, createFakeSignals, createMemoryTransport, settled } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createPusherFarEnd, type FarEndOptions, KEY } from './far-end-test-setup.ts'
import { createPusher, defineChannels, event, members } from './index.ts'
import { authorizer } from './pusher-test-setup.ts'

const channels = defineChannels({
  availability: { AvailabilityUpdated: event<{ slots: number }>() },
  'private-booking.{userId}': { BookingStatusUpdated: event<{ code: string }>() },
  'presence-desk.{id}': { 'client-typing': event<{ on: boolean }>(), [members]: event<{ name: string }>() },
})

function setup(
  options: Partial<Parameters<typeof createPusher<typeof channels>>[0]> = {},
  farEnd: FarEndOptions = {},
) {
  const clock = createFakeClock()
  const transport = createMemoryTransport({ clock })
  const server = createPusherFarEnd(farEnd)
  server.attach(transport)
  const client = createPusher({
    channels,
    key: KEY,
    host: 'localhost',
    port: 6001,
    auth: { authorize: authorizer(server, { user_id: 1, user_info: { name: 'Ada' } }) },
    clock,
    transport,
    signals: createFakeSignals(),
    ...options,
  })
  onTestFinished(() => client.close())
  return { client, clock, transport, server }
}

describe('createPusher', () => {
  it('is a typed client of core, with verbs of its own', async () => {
    const { client, server, transport } = setup()
    const heard: string[] = []
    client
      .channel('private-booking.{userId}', { userId: 42 })
      .on('BookingStatusUpdated', ({ code }) => heard.push(code))
    const desk = client.channel('presence-desk.{id}', { id: 1 })
    desk.members.subscribe(() => {})
    await settled()
    server.publish('private-booking.42', 'BookingStatusUpdated', { code: 'A7' })
    await desk.publish('client-typing', { on: true })
    await settled()
    expect([heard, desk.members.get().me?.info.name]).toEqual([['A7'], 'Ada'])
    expect(client.pusher.socketId.get()).toBe('1.100')
    expect(transport.last.target.url).toMatch(/^ws:\/\/localhost:6001\/app\/app-key\?protocol=7/)
  })

  it('is dialled when something needs it', async () => {
    const { client, transport } = setup()
    await settled()
    expect(transport.sessions.length).toBe(0)
    client.channel('availability').on('AvailabilityUpdated', () => {})
    await settled()
    expect(transport.sessions.length).toBe(1)
  })

  it('stops, and says why, for a key that the server does not know', async () => {
    const { client } = setup({ key: 'other' })
    await expect(client.connect()).rejects.toMatchObject({
      code: 'connection.refused',
      details: { code: 4001 },
    })
  })

  it('goes on with TLS where the server wants it, once', async () => {
    const { client, transport, clock } = setup()
    transport.onDial((peer) => peer.end({ code: 4000, reason: 'TLS only' }))
    client.connect().catch(() => {})
    await clock.advance(2000)
    expect(transport.sessions.map(({ target }) => target.url.split(':')[0])).toEqual(['ws', 'wss'])
    expect(client.status.get().status).toBe('failed')
  })

  it('takes the option names of pusher-js and Echo for its own', async () => {
    const posts: string[] = []
    const { client } = setup({
      authEndpoint: '/api/broadcasting/auth',
      auth: {
        headers: { Authorization: 'Bearer 1' },
        fetch: (async (url: string) => {
          posts.push(url)
          return new Response('{}', { status: 403 })
        }) as never,
      },
    })
    client.untyped('private-a').join()
    await settled()
    expect(posts).toEqual(['/api/broadcasting/auth'])
  })

  it('joins no faster than subscribeRate', async () => {
    const { client, server, clock } = setup({ subscribeRate: { count: 2, perMs: 1000 } })
    for (let n = 0; n < 5; n++) client.untyped(`room-${n}`).join()
    await clock.advance(0)
    expect(server.frames.length).toBe(2)
    await clock.advance(2000)
    expect(server.frames.length).toBe(5)
  })

  it('keeps secrets out of the explain log', async () => {
    const { client } = setup()
    const lines: string[] = []
    client.trace.subscribe((entry) => entry.type === 'frame' && lines.push(entry.text ?? ''))
    client.channel('private-booking.{userId}', { userId: 42 }).join()
    await settled()
    expect(lines.find((line) => line.includes('pusher:subscribe'))).toContain('private-booking.42')
    expect(lines.join()).not.toContain(`${KEY}:`)
  })
})

describe('two clients', () => {
  it('share no headers', async () => {
    const sent: unknown[] = []
    const fetch = (async (_: string, { headers }: RequestInit) => {
      sent.push((headers as Record<string, string>)['Authorization'])
      return new Response('{}', { status: 403 })
    }) as never
    const one = setup({ auth: { fetch, headers: { Authorization: 'Bearer 1' } } })
    const two = setup({ auth: { fetch } })
    one.client.untyped('private-a').join()
    two.client.untyped('private-a').join()
    await settled()
    expect(sent).toEqual(['Bearer 1', undefined])
  })
})
