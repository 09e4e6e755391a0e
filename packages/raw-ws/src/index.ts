export * from '@org/realtime-core'
export { createRawWs } from './create-raw-ws.ts'
export type { DirectMessage, Raw, RawWsOptions, StrictClient, StrictOptions } from './strict-options.ts'
export type { StrictCapabilities, StrictMeta } from './strict-protocol.ts'
