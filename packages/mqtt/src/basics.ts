import { createOutbox } from '@org/realtime-core/kit'
import type { Names } from './names.ts'
import { encodePayload, type PayloadFormat } from './payloads.ts'

export type MqttCapabilities = typeof capabilities

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
