export { type BridgedClient, type BridgeOptions, fromMqttJs } from './bridge/bridge.ts'
export type { ForeignMqtt, ForeignPacket } from './bridge/foreign.ts'
