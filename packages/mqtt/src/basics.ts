import { createOutbox } from '@org/realtime-core/kit'
import type { Properties } from './codec/properties.ts'
import type { Names } from './names.ts'
import { encodePayload, type PayloadFormat } from './payloads.ts'
import type { MqttChannelOptions } from './subscribing.ts'

export type MqttCapabilities = typeof capabilities & {
  readonly '~options'?: { readonly channel: MqttChannelOptions; readonly publish: MqttMessageOptions }
}

/** Options of `channel.publish` besides those of every protocol. */
export interface MqttMessageOptions {
  /** @default false */
  readonly retain?: boolean
  /** Of MQTT 5. */
  readonly properties?: Properties
  /** Here `delivery` says it. */
  readonly qos?: never
}

const capabilities = { presence: false, publish: 'anyone', ack: 'exactly-once', history: false } as const

/** What a protocol over MQTT is, whoever speaks it. */
export const toBasics = (names: Names, formatOf: (topic: string) => PayloadFormat) => ({
  name: 'mqtt',
  capabilities,
  separator: '/' as const,
  outbox: createOutbox,
  encode(value: unknown, event: string, channel: string): Uint8Array {
    const topic = names.toTopic(channel, event) ?? channel
    return encodePayload(formatOf(topic), value, topic)
  },
})
