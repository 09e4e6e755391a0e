import { defineChannels, event, type Schema } from '@org/realtime-core'
import { expectTypeOf, it } from 'vitest'
import type { AckedMeta } from './protocols/acked-protocol.ts'
import type { BinaryServer } from './protocols/binary-server.ts'
import { createTestClient } from './test-client.ts'

const channels = defineChannels({
  'booking.{id}': { Changed: event<{ state: string }>(), At: {} as Schema<string, Date> },
  availability: { Changed: event<number>() },
})

it('types what is emitted by the registry', () => {
  const fake = createTestClient({ channels })
  const far = fake.channel('booking.{id}', { id: 7 })
  far.emit('Changed', { state: 'paid' })
  // What goes over the wire is the input of a schema that converts.
  far.emit('At', '2030-01-01')
  fake.channel('availability').emit('Changed', 3)
  // @ts-expect-error the payload does not fit
  far.emit('Changed', { state: 1 })
  // @ts-expect-error no such event
  far.emit('Gone', {})
  // @ts-expect-error the parameter is missing
  fake.channel('booking.{id}')
  // @ts-expect-error no such channel
  fake.channel('nothing')
})

it('types the client by the protocol', () => {
  const acked = createTestClient({ channels })
  acked.client.channel('availability').on('Changed', (value, meta) => {
    expectTypeOf(value).toEqualTypeOf<number>()
    expectTypeOf(meta).toEqualTypeOf<AckedMeta>()
  })
  acked.client.channel('availability').publish('Changed', 1, { delivery: 'at-least-once' })
  acked.server.evict('availability')
  const sendOnly = createTestClient({ channels, protocol: 'send-only' })
  // @ts-expect-error this protocol acknowledges nothing
  sendOnly.client.channel('availability').publish('Changed', 1, { delivery: 'at-least-once' })
  // @ts-expect-error this protocol has no members
  sendOnly.client.channel('availability').members
  expectTypeOf(createTestClient({ protocol: 'binary' }).server).toEqualTypeOf<BinaryServer>()
})
