export { type BridgedClient, type BridgeOptions, fromEcho, fromPusherJs } from './bridge/bridge.ts'
export type { ForeignChannel, ForeignEmitter, ForeignPusher } from './bridge/foreign.ts'
