import { describe, expectTypeOf, it } from 'vitest'
import type { AnyClient, AnyMessage, Channel, ChannelStatus, Client, Receipt, TypesOf } from './api.ts'
import type { RealtimeError } from './errors.ts'
import type { Member, MembersSnapshot, MembersStore } from './presence.ts'
import type { Meta } from './protocol.ts'
import { type Channels, defineChannels, event, members } from './registry.ts'
import type { StatusSnapshot } from './status.ts'
import type { Store } from './store.ts'

interface Availability {
  readonly seats: number
}
interface BookingStatus {
  readonly id: string
  readonly state: 'open' | 'done'
}
interface Agent {
  readonly name: string
}
interface TopicMeta extends Meta {
  readonly topic: string
}

const channels = defineChannels({
  availability: { AvailabilityUpdated: event<Availability>(), Closed: event<string>() },
  'private-booking.{userId}': { BookingStatusUpdated: event<BookingStatus>() },
  'presence-desk.{id}': { 'client-typing': event<{ readonly on: boolean }>(), [members]: event<Agent>() },
})
const topics = defineChannels({ '{site}/status': { message: event<boolean>() } })

type Can<P extends false | 'members' | 'anyone', A extends false | 'at-least-once' | 'exactly-once'> = {
  readonly presence: true
  readonly publish: P
  readonly ack: A
  readonly history: false
}
type Deaf = {
  readonly presence: false
  readonly publish: false
  readonly ack: false
  readonly history: false
}

declare const client: Client<typeof channels, Can<'members', 'at-least-once'>, TopicMeta, '.'>
declare const mqtt: Client<typeof topics, Can<'anyone', 'exactly-once'>, TopicMeta, '/'>
declare const deaf: Client<typeof channels, Deaf, Meta, '.'>
declare const loose: Client
declare const text: string

describe('Channel', () => {
  const booking = client.channel('private-booking.{userId}', { userId: 42 })
  const availability = client.channel('availability')

  it('gives an array of payloads with keep all, and a single one otherwise', () => {
    const signal = new AbortController().signal
    availability.on('Closed', (reason) => expectTypeOf(reason).toEqualTypeOf<string>(), {
      signal,
      rate: { everyMs: 100, keep: 'latest', key: (meta) => meta.topic },
    })
    availability.on('Closed', (reasons) => expectTypeOf(reasons).toEqualTypeOf<readonly string[]>(), {
      rate: { everyMs: 100, keep: 'all', max: 10 },
    })
    booking.on('BookingStatusUpdated', () => {}, {
      rate: { everyMs: 100, keep: 'latest', key: { payload: (status) => status.id } },
    })
    booking.on(
      'BookingStatusUpdated',
      (status) => expectTypeOf(status).toEqualTypeOf<readonly BookingStatus[]>(),
      {
        rate: { everyMs: 100, keep: 'all', key: { payload: (status) => status.id } },
      },
    )
    const number = { payload: (value: number) => `${value}` }
    // @ts-expect-error a key of another type
    availability.on('Closed', () => {}, { rate: { everyMs: 1, keep: 'latest', key: number } })
    // @ts-expect-error no such option
    availability.on('Closed', () => {}, { rat: { everyMs: 1, keep: 'latest' } })
  })

  it('gives onAny a union that switches by event', () => {
    availability.onAny((message) => {
      expectTypeOf(message).toEqualTypeOf<AnyMessage<typeof channels, 'availability', TopicMeta>>()
      if (message.event === 'Closed') expectTypeOf(message.payload).toEqualTypeOf<string>()
      else expectTypeOf(message.payload).toEqualTypeOf<Availability>()
      // @ts-expect-error no such event
      if (message.event === 'Opened') return
    })
  })

  it('iterates over payloads', async () => {
    for await (const status of booking.events('BookingStatusUpdated', { buffer: 10, overflow: 'error' }))
      expectTypeOf(status).toEqualTypeOf<BookingStatus>()
    // @ts-expect-error no such policy
    booking.events('BookingStatusUpdated', { overflow: 'block' })
  })

  it('publishes what the event takes, as surely as the protocol can', () => {
    const desk = client.channel('presence-desk.{id}', { id: 1 })
    expectTypeOf(desk.publish('client-typing', { on: true })).toEqualTypeOf<Promise<Receipt>>()
    desk.publish('client-typing', { on: true }, { delivery: 'at-least-once', ttlMs: 10, retain: true })
    mqtt.channel('{site}/status', { site: 'a' }).publish('message', true, { delivery: 'exactly-once' })
    // @ts-expect-error another payload
    desk.publish('client-typing', { on: 1 })
    // @ts-expect-error more than the protocol acknowledges
    desk.publish('client-typing', { on: true }, { delivery: 'exactly-once' })
    // @ts-expect-error no number
    desk.publish('client-typing', { on: true }, { ttlMs: '10' })
    const plain = client as unknown as Client<typeof channels, Can<'anyone', false>>
    plain.channel('availability').publish('Closed', '', { delivery: 'volatile' })
    // @ts-expect-error nothing is acknowledged
    plain.channel('availability').publish('Closed', '', { delivery: 'at-least-once' })
  })

  it('has no publish and no members where the protocol has none', () => {
    const channel = deaf.channel('presence-desk.{id}', { id: 1 })
    channel.on('client-typing', () => {})
    // @ts-expect-error publish is false
    channel.publish
    // @ts-expect-error presence is false
    channel.members
  })

  it('has all of it where the protocol is not known', () => {
    const channel = {} as Channel<typeof channels, 'presence-desk.{id}'>
    channel.publish('client-typing', { on: true }, { delivery: 'exactly-once' })
    expectTypeOf(channel.members).toEqualTypeOf<MembersStore<Agent>>()
    expectTypeOf(client.channel('presence-desk.{id}', { id: 1 })).toExtend<typeof channel>()
  })

  it('types members by the registry', () => {
    const desk = client.channel('presence-desk.{id}', { id: 1 })
    expectTypeOf(desk.members.get()).toEqualTypeOf<MembersSnapshot<Agent>>()
    desk.members.subscribe(({ me }, { joined }) => {
      expectTypeOf(me).toEqualTypeOf<Member<Agent> | undefined>()
      expectTypeOf(joined).toEqualTypeOf<readonly Member<Agent>[]>()
    })
    expectTypeOf(availability.members).toEqualTypeOf<MembersStore<unknown>>()
  })

  it('tells its state, gaps and holds', () => {
    expectTypeOf(booking.name).toEqualTypeOf<string>()
    expectTypeOf(booking.status).toEqualTypeOf<Store<ChannelStatus>>()
    const status = booking.status.get()
    if (status.state === 'rejected') expectTypeOf(status.error).toEqualTypeOf<RealtimeError>()
    const stop = booking.onGap(
      async ({ cause }) => expectTypeOf(cause).toEqualTypeOf<'reconnect' | 'hole' | 'away'>(),
      {
        complete: true,
      },
    )
    expectTypeOf(stop).toEqualTypeOf<() => void>()
    expectTypeOf(booking.join()).toEqualTypeOf<() => void>()
    booking.retry()
    booking.leave({ now: true })
  })
})

describe('Client', () => {
  it('takes any name without a registry, with unknown payloads', () => {
    loose.channel(text).on(text, (payload) => expectTypeOf(payload).toBeUnknown())
    loose.channel('sensors/+/temperature')
    loose.channel('room.{id}', { id: 1 }).publish('said', {})
    // @ts-expect-error without parameters
    loose.channel('room.{id}')
    // @ts-expect-error another parameter
    loose.channel('room.{id}', { name: 1 })
  })

  it('takes any text as an untyped channel', () => {
    client.untyped(text, { priority: 1 }).on('anything', (payload, meta) => {
      expectTypeOf(payload).toBeUnknown()
      expectTypeOf(meta).toEqualTypeOf<TopicMeta>()
    })
    // @ts-expect-error publish is false
    deaf.untyped(text).publish
  })

  it('lets bindings read its types, with the verbs of its protocol beside', () => {
    type Types = TypesOf<typeof client & { readonly pusher: object }>
    expectTypeOf<Types['channels']>().toEqualTypeOf<typeof channels>()
    expectTypeOf<Types['capabilities']>().toEqualTypeOf<Can<'members', 'at-least-once'>>()
    expectTypeOf<Types['meta']>().toEqualTypeOf<TopicMeta>()
    expectTypeOf<Types['separator']>().toEqualTypeOf<'.'>()
    expectTypeOf<TypesOf<typeof loose>['channels']>().toEqualTypeOf<Channels>()
  })

  it('is an AnyClient whatever its registry and protocol', () => {
    expectTypeOf(client).toExtend<AnyClient>()
    expectTypeOf(deaf).toExtend<AnyClient>()
    expectTypeOf(loose).toExtend<AnyClient>()
  })

  it('offers the verbs of the connection', async () => {
    expectTypeOf(client.status).toEqualTypeOf<Store<StatusSnapshot>>()
    expectTypeOf(client.capabilities.ack).toEqualTypeOf<'at-least-once'>()
    await client.connect({ signal: new AbortController().signal })
    client.reauthenticate({ newIdentity: true })
    client.reconnectNow()
    client.pause()
    client.resume()
    client.onError((error) => expectTypeOf(error).toEqualTypeOf<RealtimeError>())()
    client.trace.subscribe(() => {})()
    await client.close({ drainMs: 2000 })
    // @ts-expect-error no such option
    await client.close({ drain: 2000 })
  })
})
