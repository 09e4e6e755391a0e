export * from '@org/realtime-core'
export type { Frame, SessionEnd, Verdict } from '@org/realtime-core/kit'
export { createRawWs } from './create-raw-ws.ts'
export { type Codec, type CodecCapabilities, type CodecMeta, createCodec } from './own/create-codec.ts'
export { type Dialect, type Incoming, jsonDialect, type Outgoing } from './own/dialect.ts'
export { createRakit, type Rakit, type RakitClient, type RakitOptions } from './rakit/create-rakit.ts'
export type { RakitUser } from './rakit/rakit-frames.ts'
export type { RakitMeta } from './rakit/rakit-messages.ts'
export {
  createRakitProtocol,
  type RakitCapabilities,
  type RakitProtocol,
  type RakitProtocolOptions,
} from './rakit/rakit-protocol.ts'
export type { DirectMessage, Raw, RawWsOptions, StrictClient, StrictOptions } from './raw-ws-options.ts'
export {
  createStrictProtocol,
  type StrictCapabilities,
  type StrictMeta,
  type StrictProtocol,
} from './strict-protocol.ts'
