export { type BridgedClient, type BridgeOptions, fromMqttJs } from './bridge/bridge.ts'
export type { ForeignMqtt, ForeignPacket } from './bridge/foreign.ts'
export {
  createStreamBuilder,
  type DuplexClass,
  type DuplexStream,
  type StreamBuilder,
  type StreamBuilderOptions,
} from './bridge/stream-builder.ts'
