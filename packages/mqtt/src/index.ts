export * from '@org/realtime-core'
export type { MqttCapabilities, MqttMessageOptions } from './basics.ts'
export type { Properties } from './codec/properties.ts'
export { createMqtt } from './create-mqtt.ts'
export type { MqttAuth, MqttCredentials, MqttWill } from './handshake.ts'
export type { MqttMeta } from './incoming.ts'
export type {
  Mqtt,
  MqttClient,
  MqttCloseOptions,
  MqttOptions,
  MqttPublishOptions,
} from './mqtt-options.ts'
export type { MqttSession } from './mqtt-protocol.ts'
export { parseTopic } from './parse-topic.ts'
export type { PayloadCodec, PayloadFormat } from './payloads.ts'
export { type Answer, type RequestOptions, request, respond } from './request.ts'
export { defineStore, type KeptSession, memoryStore, type SessionStore } from './session-store.ts'
export type { MqttChannelOptions } from './subscribing.ts'
export type { TlsOptions } from './tcp.ts'
