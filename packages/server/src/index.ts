export type { Member, Position } from './adapter.ts'
export type { Authenticate, AuthRefusal, AuthResult, User } from './authenticate.ts'
export type { ChannelRequest, Denial, Grant, MaySend, Rule, RuleResult } from './authorize.ts'
export type { Clock } from './clock.ts'
export type { ConnectionInfo, Traffic } from './connection.ts'
export { ServerError, type ServerErrorCode, type ServerErrorDetails } from './errors.ts'
export type { HookName, Hooks } from './hooks.ts'
export type { Listening } from './listener.ts'
export type { ServerOptions, TlsMaterial } from './options.ts'
export type { Params } from './pattern.ts'
export { createRakitEndpoint } from './rakit/rakit-endpoint.ts'
export type { RakitOptions } from './rakit/rakit-options.ts'
export type { Route } from './route.ts'
export {
  type ChannelInfo,
  type CloseOptions,
  createServer,
  type DisconnectOptions,
  type PublishOptions,
  type Server,
} from './server.ts'
export type { Usage } from './usage.ts'
export type {
  Ending,
  EndingCause,
  Endpoint,
  Frame,
  FrameKind,
  Wire,
  WireHandler,
  WireRequest,
} from './wire.ts'
