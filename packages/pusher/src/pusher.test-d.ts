import type PusherJs from 'pusher-js'
import type { Options as PusherJsOptions } from 'pusher-js'
import { expectTypeOf, test } from 'vitest'
import { fromPusherJs } from './bridge.ts'
import PusherClass, { type Options, Pusher } from './compat.ts'
import { createPusher, defineChannels, event, members } from './index.ts'

const channels = defineChannels({
  availability: { AvailabilityUpdated: event<{ slots: number }>() },
  'private-booking.{userId}': { BookingStatusUpdated: event<{ code: string }>() },
  'presence-desk.{id}': { 'client-typing': event<{ on: boolean }>(), [members]: event<{ name: string }>() },
})
const client = createPusher({ channels, key: 'app-key', cluster: 'eu' })

test('payloads, meta and members have their types', () => {
  client.channel('private-booking.{userId}', { userId: 42 }).on('BookingStatusUpdated', (booking, meta) => {
    expectTypeOf(booking).toEqualTypeOf<{ code: string }>()
    expectTypeOf(meta.userId).toEqualTypeOf<string | undefined>()
  })
  const desk = client.channel('presence-desk.{id}', { id: 1 })
  expectTypeOf(desk.members.get().list).toEqualTypeOf<
    readonly { readonly id: string; readonly info: { name: string } }[]
  >
  desk.publish('client-typing', { on: true })
})

test('what the protocol cannot do does not compile', () => {
  const desk = client.channel('presence-desk.{id}', { id: 1 })
  // @ts-expect-error: nothing is acknowledged
  desk.publish('client-typing', { on: true }, { delivery: 'at-least-once' })
  // @ts-expect-error: the payload
  desk.publish('client-typing', { on: 'yes' })
  // @ts-expect-error: the event
  desk.on('typing', () => {})
  // @ts-expect-error: the parameters
  client.channel('private-booking.{userId}', { id: 1 })
  // @ts-expect-error: no such channel
  client.channel('bookings')
})

test('options', () => {
  createPusher({
    key: 'k',
    wsHost: 'a',
    wsPort: '80',
    wssPort: 443,
    forceTLS: false,
    enabledTransports: ['ws', 'wss'],
  })
  createPusher({
    key: 'k',
    url: async () => 'wss://a',
    auth: { headers: async ({ refresh }) => ({ a: `${refresh}` }) },
  })
  createPusher({ key: 'k', host: 'a', subscribeRate: { count: 50, perMs: 5000 }, clientEventRate: false })
  // @ts-expect-error: no key
  createPusher({ host: 'a' })
  // @ts-expect-error: an answer without a signature
  createPusher({ key: 'k', host: 'a', auth: { authorize: () => ({ token: 'x' }) } })
  // @ts-expect-error: the protocol is its own
  createPusher({ key: 'k', host: 'a', protocol: {} })
})

test('the verbs', () => {
  expectTypeOf(client.pusher.signin()).resolves.toHaveProperty('id')
  expectTypeOf(client.pusher.socketId.get()).toEqualTypeOf<string | undefined>()
  expectTypeOf(client.pusher.subscriptionCount('a').get()).toEqualTypeOf<number | undefined>()
})

test('a bridged client has what the bridge can do', () => {
  const bridged = fromPusherJs(new Pusher('k', { wsHost: 'a' }), { channels })
  bridged.channel('availability').on('AvailabilityUpdated', ({ slots }) => {
    expectTypeOf(slots).toEqualTypeOf<number>()
  })
  // @ts-expect-error: only its owner can
  bridged.reconnectNow()
  // @ts-expect-error: it knows no users
  bridged.pusher.signin()
})

test('one changed import is enough', () => {
  const options = {
    cluster: 'eu',
    wsHost: 'a',
    forceTLS: false,
    enabledTransports: ['ws', 'wss'],
    channelAuthorization: { endpoint: '/auth', transport: 'ajax', headers: { a: 'b' } },
    disableStats: true,
  } satisfies PusherJsOptions & Options
  expectTypeOf(PusherClass).toEqualTypeOf(Pusher)
  expectTypeOf<[string, typeof options]>().toExtend<ConstructorParameters<typeof PusherJs>>()
  expectTypeOf<[string, typeof options]>().toExtend<ConstructorParameters<typeof PusherClass>>()
})
