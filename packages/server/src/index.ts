export type { Member, Position, StoreState } from './adapter.ts'
export type { Authenticate, AuthRefusal, AuthResult, User } from './authenticate.ts'
export type { ChannelRequest, ChannelTable, Denial, Grant, MaySend, Rule, RuleResult } from './authorize.ts'
export type { Clock } from './clock.ts'
export type { ConfigSources } from './config/load-config.ts'
export { loadOptions } from './config/load-options.ts'
export type { ConnectionInfo, TalkingConnection, Traffic } from './connection-info.ts'
export type { ControlOptions } from './control/control-options.ts'
export type { CorsOptions } from './cors.ts'
export { ServerError, type ServerErrorCode, type ServerErrorDetails } from './errors.ts'
export type { Faults } from './faults/board.ts'
export { parseFaultRule } from './faults/parse-rule.ts'
export type { Received, Recording } from './faults/recording.ts'
export type {
  ConnectionFault,
  FaultCount,
  FaultMoment,
  FaultRule,
  FaultScope,
  FaultsAt,
  FrameFault,
} from './faults/rule.ts'
export type { HookName, Hooks } from './hooks.ts'
export type { Aggregate, Sum } from './ingest/aggregator.ts'
export type {
  IngestOptions,
  IngestSource,
  Row,
  RowAggregate,
  RowKey,
  RowThrottle,
} from './ingest/ingest-options.ts'
export type { InspectOptions } from './inspect/inspect-options.ts'
export type { Listening } from './listener.ts'
export type { LogEntry, LogLevel, LogOptions } from './log/log-options.ts'
export type { MetricsOptions } from './metrics/metrics-options.ts'
export type { AuthExchange, AuthStep, EnhancedAuth, MqttOptions } from './mqtt/mqtt-options.ts'
export type { MqttPublishOptions } from './mqtt/publish-mqtt.ts'
export type { ServerOptions } from './options.ts'
export type { Params } from './pattern.ts'
export type { FindApp, PusherApp, PusherLimits, PusherOptions } from './pusher/app.ts'
export type { Dialect } from './pusher/dialect.ts'
export type { PusherPublishOptions } from './pusher/publish-pusher.ts'
export type { WebhookName, WebhookOptions } from './pusher/webhook-options.ts'
export { createRakitEndpoint } from './rakit/rakit-endpoint.ts'
export type { RakitOptions } from './rakit/rakit-options.ts'
export type { RedisOptions } from './redis/redis-options.ts'
export type { Route } from './route.ts'
export { type CloseOptions, createServer, type Server } from './server.ts'
export type { Tls, TlsFiles, TlsMaterial } from './tls.ts'
export type { Usage } from './usage.ts'
export type { ChannelInfo, DisconnectOptions, PublishOptions, RevokeOptions, Verbs } from './verbs.ts'
export type {
  Direction,
  Ending,
  EndingCause,
  Endpoint,
  Frame,
  FrameKind,
  Wire,
  WireHandler,
  WireRequest,
} from './wire.ts'
