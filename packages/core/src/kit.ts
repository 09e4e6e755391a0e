export type { AnyClient, AnyMessage, Client, DeliveryOf, PublishOptions, Receipt } from './api.ts'
export type { Backoff, BackoffOptions } from './backoff.ts'
export { backoffDelay, defaultBackoff, firstDelay } from './backoff.ts'
export { createClient } from './client.ts'
export type { ClientOptions } from './client-options.ts'
export type { Cancel, Clock } from './clock.ts'
export { systemClock } from './clock.ts'
export { createConnection } from './connection.ts'
export type { ConnectionOptions } from './connection-state.ts'
export type { Provided, Provider } from './credentials.ts'
export { provide } from './credentials.ts'
export type { ConnectionDetails, ErrorCode, ErrorDetails } from './errors.ts'
export { RealtimeError } from './errors.ts'
export { isFinal, withoutSecrets } from './failure.ts'
export { fault, toFault } from './fault.ts'
export type { HiddenPolicy } from './lifecycle.ts'
export type { Line, LineReports } from './line-setup.ts'
export type { Report } from './listeners.ts'
export { createListeners } from './listeners.ts'
export { invalid, oneOf } from './options.ts'
export type { Outbox, OutboxSetup } from './outbox.ts'
export { createOutbox } from './outbox.ts'
export type { ConnectionPort, PortEvents } from './port.ts'
export type { Member, MembersSnapshot, MembersStore } from './presence.ts'
export { createPresence } from './presence.ts'
export type {
  Advice,
  Capabilities,
  Continuity,
  Decode,
  Delivery,
  Failure,
  Heartbeat,
  Joined,
  Latest,
  Link,
  LinkEvents,
  LinkSession,
  MembersChange,
  Meta,
  Opening,
  OutgoingMessage,
  Protocol,
  Ready,
  Settlement,
  SubscribeRequest,
  Verdict,
} from './protocol.ts'
export type { Outgoing } from './publish-entry.ts'
export { sizeOf, toPromise } from './publish-entry.ts'
export { createPublishQueue } from './publish-queue.ts'
export type { PublishQueue } from './publish-queue-port.ts'
export type { Channels, Params, RegisteredChannels, Registry } from './registry.ts'
export { createRegistry } from './registry.ts'
export type { Signal, Signals } from './signals.ts'
export { browserSignals } from './signals.ts'
export type { Status, StatusSnapshot } from './status.ts'
export type { Store, WritableStore } from './store.ts'
export { createStore } from './store.ts'
export type { Trace, TraceEntry, TraceEvent } from './trace.ts'
export { createTrace } from './trace.ts'
export type { Frame, Session, SessionEnd, SessionEvents, Target, Transport } from './transport.ts'
export type { WebSocketOptions } from './websocket-transport.ts'
export { websocketTransport } from './websocket-transport.ts'
export { type Undo, wrap } from './wrap.ts'
