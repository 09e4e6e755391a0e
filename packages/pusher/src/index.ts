export * from '@org/realtime-core'
export type { AddressOptions } from './address.ts'
export type {
  AuthContext,
  AuthEndpoint,
  AuthFields,
  AuthRequest,
  BatchAnswer,
  ChannelAuth,
  ChannelAuthAnswer,
  UserAuth,
  UserAuthAnswer,
} from './auth-options.ts'
export type { Decryptor, EncryptedChannel, Encryption } from './encryption.ts'
export {
  createPusherProtocol,
  type PusherCapabilities,
  type PusherMeta,
  type PusherProtocol,
} from './protocol.ts'
export { createPusher, type PusherClient, type PusherOptions } from './pusher.ts'
export type { RateLimit } from './rate-limit.ts'
export type { ProtocolOptions, WatchlistChange } from './shared.ts'
export type { PusherUser } from './signin.ts'
export { createSocketIdFetch, type SocketIdFetchOptions } from './socket-id-fetch.ts'
export type { PusherVerbs } from './verbs.ts'
