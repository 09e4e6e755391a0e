export * from '@org/realtime-core'
export { createRawWs } from './create-raw-ws.ts'
export { createRakit, type Rakit, type RakitClient, type RakitOptions } from './rakit/create-rakit.ts'
export type { RakitUser } from './rakit/rakit-frames.ts'
export type { RakitMeta } from './rakit/rakit-messages.ts'
export type { RakitCapabilities } from './rakit/rakit-protocol.ts'
export type { DirectMessage, Raw, RawWsOptions, StrictClient, StrictOptions } from './strict-options.ts'
export {
  createStrictProtocol,
  type StrictCapabilities,
  type StrictMeta,
  type StrictProtocol,
} from './strict-protocol.ts'
