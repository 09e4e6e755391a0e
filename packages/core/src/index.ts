export type {
  AnyClient,
  AnyMessage,
  Channel,
  ChannelOptions,
  Client,
  DeliveryOf,
  ListenOptions,
  PublishOptions,
  Receipt,
  TypesOf,
} from './api.ts'
export type { BackoffOptions } from './backoff.ts'
export type { ChannelStatus } from './channel-status.ts'
export { createClient } from './client.ts'
export type { ClientOptions } from './client-options.ts'
export type { Provider } from './credentials.ts'
export type {
  ChannelDetails,
  ConnectionDetails,
  DropReason,
  ErrorCode,
  ErrorDetails,
  PublishDetails,
} from './errors.ts'
export { RealtimeError } from './errors.ts'
export type { EventsOptions } from './event-stream.ts'
export type { Gap, GapOptions } from './gap.ts'
export type { SubscribeOptions } from './joins.ts'
export type { HiddenPolicy } from './lifecycle.ts'
export type { OutboxOptions } from './outbox-options.ts'
export type { Member, MembersDiff, MembersSnapshot, MembersStore } from './presence.ts'
export type { Capabilities, Continuity, Delivery, Heartbeat, Meta } from './protocol.ts'
export type { Rate } from './rate.ts'
export type {
  Channels,
  EventName,
  EventType,
  MemberInfo,
  Params,
  Pattern,
  Payload,
  PayloadInput,
  Register,
  RegisteredChannels,
} from './registry.ts'
export { defineChannels, event, members } from './registry.ts'
export type { Status, StatusSnapshot } from './status.ts'
export type { Store } from './store.ts'
export type { Trace, TraceEntry, TraceEvent } from './trace.ts'
export type { Schema } from './validate.ts'
export type { WebSocketOptions } from './websocket-transport.ts'
export { websocketTransport } from './websocket-transport.ts'
