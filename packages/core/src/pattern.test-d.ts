import { describe, expectTypeOf, it } from 'vitest'
import type { Client } from './api.ts'
import type { Match } from './pattern.ts'
import type { Capabilities, Meta } from './protocol.ts'
import { defineChannels, type EventType, event, members, type Pattern } from './registry.ts'

interface BookingStatus {
  readonly id: string
}

const channels = defineChannels({
  availability: { Closed: event<string>() },
  'private-booking.{userId}': { BookingStatusUpdated: event<BookingStatus>() },
  'presence-desk.{id}': { [members]: event<string>() },
  'room.{id}.{kind}': { Said: event<string>() },
  'room.{id}.log': { Logged: event<number>() },
  'room.lobby': { Opened: event<boolean>() },
  'room.{id}': { Renamed: event<string>() },
})
const topics = defineChannels({
  'sensors/{id}/temperature': { message: event<number>() },
  'sensors/+/temperature': { message: event<string>() },
  '{site}/status': { message: event<boolean>() },
})

declare const client: Client<typeof channels, Capabilities, Meta, '.'>
declare const mqtt: Client<typeof topics, Capabilities, Meta, '/'>
declare const text: string
declare const id: number

describe('channel by pattern', () => {
  it('takes the parameters that the pattern names, and no others', () => {
    client.channel('private-booking.{userId}', { userId: 42 })
    client.channel('room.{id}.{kind}', { id: 1, kind: 'chat' }, { priority: 1 })
    // @ts-expect-error without parameters
    client.channel('private-booking.{userId}')
    // @ts-expect-error another parameter
    client.channel('private-booking.{userId}', { id: 42 })
    // @ts-expect-error one parameter too many
    client.channel('private-booking.{userId}', { userId: 42, id: 1 })
    // @ts-expect-error one of two parameters
    client.channel('room.{id}.{kind}', { id: 1 })
    // @ts-expect-error no text and no number
    client.channel('private-booking.{userId}', { userId: true })
    // @ts-expect-error no such pattern
    client.channel('private-bookng.{userId}', { userId: 42 })
  })

  it('takes a name without parameters alone', () => {
    client.channel('availability')
    client.channel('availability', { priority: 2 })
    // @ts-expect-error parameters where there are none to give
    client.channel('availability', { priority: 2 }, {})
    // @ts-expect-error no number
    client.channel('availability', { priority: 'high' })
  })

  it('gives the payloads of that channel', () => {
    client.channel('private-booking.{userId}', { userId: 42 }).on('BookingStatusUpdated', (status) => {
      expectTypeOf(status).toEqualTypeOf<BookingStatus>()
    })
    // @ts-expect-error an event of another channel
    client.channel('private-booking.{userId}', { userId: 42 }).on('AvailabilityUpdated', () => {})
    // @ts-expect-error an event that is no name
    client.channel('presence-desk.{id}', { id: 1 }).on(members, () => {})
  })
})

describe('channel by full name', () => {
  it('finds the pattern that fits', () => {
    client.channel('private-booking.42').on('BookingStatusUpdated', (status) => {
      expectTypeOf(status).toEqualTypeOf<BookingStatus>()
    })
    client.channel(`private-booking.${id}`).on('BookingStatusUpdated', () => {})
    client.channel(`private-booking.${text}`).on('BookingStatusUpdated', () => {})
    client.channel(`room.${id}.${text}`).on('Said', () => {})
  })

  it('takes an exact name before a pattern, and the narrower of two patterns', () => {
    type Found<N extends string> = Match<Pattern<typeof channels>, N, '.'>
    expectTypeOf<Found<'room.lobby'>>().toEqualTypeOf<'room.lobby'>()
    expectTypeOf<Found<'room.1'>>().toEqualTypeOf<'room.{id}'>()
    expectTypeOf<Found<'room.1.log'>>().toEqualTypeOf<'room.{id}.log'>()
    expectTypeOf<Found<'room.1.chat'>>().toEqualTypeOf<'room.{id}.{kind}'>()
    client.channel('room.lobby').on('Opened', (value) => expectTypeOf(value).toEqualTypeOf<boolean>())
    client.channel('room.1.log').on('Logged', (value) => expectTypeOf(value).toEqualTypeOf<number>())
    // @ts-expect-error an event of the wider pattern
    client.channel('room.1.log').on('Said', () => {})
  })

  it('is content with what all patterns share when none narrows the others', () => {
    expectTypeOf<Match<'a.{x}.c' | 'a.b.{y}', 'a.b.c', '.'>>().toEqualTypeOf<'a.{x}.c' | 'a.b.{y}'>()
    type R = {
      'a.{x}.c': { E: EventType<string>; A: EventType<number> }
      'a.b.{y}': { E: EventType<string> }
    }
    const channel = ({} as Client<R>).channel('a.b.c')
    channel.on('E', (value) => expectTypeOf(value).toEqualTypeOf<string>())
    // @ts-expect-error an event of one of them
    channel.on('A', () => {})
  })

  it('finds patterns with parts of a level open, also in the first', () => {
    type Found<N extends string> = Match<
      'desk-{id}' | 'desk-{id}.log' | 'a.line-{x}-{y}' | '{any}.tail',
      N,
      '.'
    >
    expectTypeOf<Found<'desk-1'>>().toEqualTypeOf<'desk-{id}'>()
    expectTypeOf<Found<`desk-${number}`>>().toEqualTypeOf<'desk-{id}'>()
    expectTypeOf<Found<'desk-1.log'>>().toEqualTypeOf<'desk-{id}.log'>()
    expectTypeOf<Found<'a.line-1-2'>>().toEqualTypeOf<'a.line-{x}-{y}'>()
    expectTypeOf<Found<'free.tail'>>().toEqualTypeOf<'{any}.tail'>()
    expectTypeOf<Found<`${string}.tail`>>().toEqualTypeOf<'{any}.tail'>()
    expectTypeOf<Found<'desk-'>>().toBeNever()
    expectTypeOf<Found<'desk-1.tail.log'>>().toBeNever()
    expectTypeOf<Found<'toString'>>().toBeNever()
    expectTypeOf<Found<''>>().toBeNever()
  })

  it('finds patterns under the separator of the protocol', () => {
    mqtt.channel('sensors/7/temperature').on('message', (value) => {
      expectTypeOf(value).toEqualTypeOf<number>()
    })
    mqtt.channel('sensors/+/temperature').on('message', (value) => {
      expectTypeOf(value).toEqualTypeOf<string>()
    })
    mqtt.channel('berlin/status').on('message', (value) => {
      expectTypeOf(value).toEqualTypeOf<boolean>()
    })
    // @ts-expect-error one level too many
    mqtt.channel('sensors/7/8/temperature')
    // @ts-expect-error a wildcard as a parameter
    mqtt.channel('+/status')
  })

  it('says in a sentence what does not fit', () => {
    // @ts-expect-error not assignable to "no channel pattern matches 'bookng.1'"
    client.channel('bookng.1')
    // @ts-expect-error a parameter that swallows a separator
    client.channel('private-booking.1.2')
    // @ts-expect-error a separator of another protocol, which no parameter may hold either
    client.channel('private-booking.1/2')
    // @ts-expect-error an empty parameter
    client.channel('private-booking.')
    // @ts-expect-error braces
    client.channel('private-booking.{id}')
    // @ts-expect-error whitespace
    client.channel('private-booking.1 2')
    // @ts-expect-error any text
    client.channel(text)
    // @ts-expect-error text in place of the part that tells patterns apart
    client.channel(`${text}.1`)
  })

  it('takes separators of every protocol for levels where the separator is not known', () => {
    const either = client as unknown as Client<typeof channels & typeof topics>
    either.channel('private-booking.42')
    either.channel('sensors/7/temperature')
    // @ts-expect-error one level too many
    either.channel('private-booking.4.2')
    // @ts-expect-error one level too many
    either.channel('sensors/7/8/temperature')
  })
})
