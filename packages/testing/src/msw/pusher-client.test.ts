import { createPusher, defineChannels, event, members, websocketTransport } from '@org/realtime-pusher'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { strictTrace } from '../strict-trace.ts'
import '../vitest.ts'
import { pusher } from './pusher.ts'
import { interceptWebSocket } from './socket-test-setup.ts'

/** Machines are busy. */
const until = (check: () => void | Promise<void>): Promise<void> => vi.waitFor(check, 25_000)

const channels = defineChannels({
  'private-booking.{id}': { Changed: event<{ code: string }>() },
  'presence-desk': { typing: event<{ on: boolean }>(), [members]: event<{ name: string }>() },
})
const msw = interceptWebSocket()

function setup() {
  const bookings = pusher.link('ws://realtime.test/app/:key', { channels })
  msw.use(bookings.handler)
  const client = createPusher({
    key: 'app-key',
    wsHost: 'realtime.test',
    wsPort: 80,
    forceTLS: false,
    channels,
    transport: websocketTransport({ WebSocket: globalThis.WebSocket }),
    backoff: { firstMs: 1, baseMs: 1 },
    connection: { minDialGapMs: 1 },
    auth: {
      authorize: async ({ channel }) => ({
        auth: 'app-key:any',
        ...(channel.startsWith('presence-') && {
          channel_data: '{"user_id":"ann","user_info":{"name":"Ann"}}',
        }),
      }),
    },
    userAuthentication: { authenticate: async () => ({ auth: 'app-key:any', user_data: '{"id":"ann"}' }) },
  })
  const { expectError } = strictTrace(client, onTestFinished)
  onTestFinished(() => client.close())
  return { bookings, client, expectError }
}

describe('the client over pusher.link', () => {
  it('hears what is emitted, before and after its connection was lost', async () => {
    const { bookings, client } = setup()
    const heard: string[] = []
    const booking = client.channel('private-booking.{id}', { id: 7 })
    booking.on('Changed', ({ code }) => heard.push(code))
    await until(() => expect(booking).toBeJoined())
    const far = bookings.channel('private-booking.{id}', { id: 7 })
    await far.emit('Changed', { code: 'a' })
    expect(heard).toEqual(['a'])
    bookings.server.dropAll()
    await until(() => expect(bookings.server.joined('private-booking.7')).toBe(1))
    await far.emit('Changed', { code: 'b' })
    await expect.poll(() => heard).toEqual(['a', 'b'])
  })

  it('is refused a channel, until it is allowed', async () => {
    const { bookings, client, expectError } = setup()
    expectError('channel.rejected')
    bookings.server.refuse('private-booking.7')
    const booking = client.channel('private-booking.{id}', { id: 7 })
    booking.join()
    await expect.poll(() => booking.status.get().state).toBe('rejected')
    bookings.server.allow('private-booking.7')
    booking.retry()
    await until(() => expect(booking).toBeJoined())
  })

  it('sees members come and go, and is heard', async () => {
    const { bookings, client } = setup()
    const desk = client.channel('presence-desk')
    desk.join()
    await until(() => expect(desk).toBeJoined())
    const names = (): string[] => desk.members.get().list.map(({ id }) => id)
    bookings.server.enter('presence-desk', { id: 'bob', info: { name: 'Bob' } })
    await expect.poll(names).toEqual(['ann', 'bob'])
    bookings.server.exit('presence-desk', 'bob')
    await expect.poll(names).toEqual(['ann'])
    await desk.publish('typing', { on: true })
    await until(() => expect(bookings.server).toHaveReceived('presence-desk', 'typing', { on: true }))
  })

  it('signs in, and hears what is for the user', async () => {
    const { bookings, client } = setup()
    const heard: unknown[] = []
    client.pusher.onUserEvent('Paid', (payload) => heard.push(payload))
    await client.pusher.signin()
    bookings.server.sendToUser('ann', 'Paid', { n: 7 })
    await expect.poll(() => heard).toEqual([{ n: 7 }])
  })

  it('comes back after 4200, and stops at 4001', async () => {
    const { bookings, client } = setup()
    await client.connect()
    bookings.server.error(4200)
    await expect.poll(() => bookings.transport.sessions.length).toBe(2)
    await expect.poll(() => client.status.get().status).toBe('connected')
    bookings.server.error(4001)
    await expect.poll(() => client.status.get().status).toBe('failed')
  })
})
