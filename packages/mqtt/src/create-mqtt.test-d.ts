import { defineChannels, event } from '@org/realtime-core'
import { expectTypeOf, it } from 'vitest'
import type { Properties, Qos } from './codec.ts'
import { createMqtt } from './create-mqtt.ts'
import { parseTopic } from './parse-topic.ts'

const channels = defineChannels({
  'sensors/{id}/temperature': { message: event<number>() },
  'sensors/+/temperature': { message: event<number>() },
})
const client = createMqtt({ url: 'ws://broker', channels })

it('knows payload and meta of a topic and of a filter', () => {
  client.channel('sensors/{id}/temperature', { id: 7 }).on('message', (celsius, meta) => {
    expectTypeOf(celsius).toEqualTypeOf<number>()
    expectTypeOf(meta.topic).toEqualTypeOf<string>()
    expectTypeOf(meta.qos).toEqualTypeOf<Qos>()
    expectTypeOf(meta.properties).toEqualTypeOf<Properties | undefined>()
  })
  client.channel('sensors/+/temperature', { qos: 1 }).on('message', (celsius) => {
    expectTypeOf(celsius).toEqualTypeOf<number>()
  })
})

it('publishes with every delivery, and has no members', () => {
  const channel = client.channel('sensors/{id}/temperature', { id: 7 })
  void channel.publish('message', 21, { delivery: 'exactly-once', retain: true })
  // @ts-expect-error a payload of another type
  void channel.publish('message', 'warm')
  // @ts-expect-error MQTT has no presence
  channel.members
})

it('refuses what cannot be right', () => {
  // @ts-expect-error no such version
  createMqtt({ url: 'ws://broker', version: 4 })
  // @ts-expect-error no such QoS
  void client.mqtt.publish('a', 'x', { qos: 3 })
  // @ts-expect-error no such QoS
  client.channel('sensors/+/temperature', { qos: 3 })
  // @ts-expect-error no such QoS
  client.untyped('a', { qos: 3 })
  // @ts-expect-error here the QoS is said by delivery
  void client.untyped('a').publish('message', 1, { qos: 1 })
  // @ts-expect-error a property that is no number
  void client.untyped('a').publish('message', 1, { properties: { messageExpiryInterval: '1' } })
  // @ts-expect-error no such channel
  client.channel('sensors/7/humidity')
})

it('knows the parameters of a pattern', () => {
  expectTypeOf(parseTopic('a/{b}/c/{d}', '')).toEqualTypeOf<
    { readonly b: string; readonly d: string } | undefined
  >()
})
