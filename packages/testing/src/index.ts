export { createFakeClock, type FakeClock, type FakeClockOptions, type PendingTimer } from './fake-clock.ts'
export { createFakeSignals, type FakeSignals } from './fake-signals.ts'
export type { Intercept, MemoryPeer } from './memory-peer.ts'
export {
  createMemoryTransport,
  type MemoryTransport,
  type MemoryTransportOptions,
} from './memory-transport.ts'
export { type LinkReport, type OpenedLink, type OpenLinkOptions, openLink } from './open-link.ts'
export { type AckedCapabilities, type AckedMeta, createAckedProtocol } from './protocols/acked-protocol.ts'
export { type AckedServer, type AckedServerOptions, createAckedServer } from './protocols/acked-server.ts'
export {
  type BinaryCapabilities,
  type BinaryMeta,
  createBinaryProtocol,
} from './protocols/binary-protocol.ts'
export { type BinaryServer, createBinaryServer } from './protocols/binary-server.ts'
export { createSendOnlyProtocol, type SendOnlyCapabilities } from './protocols/send-only-protocol.ts'
export {
  createSendOnlyServer,
  type SendOnlyServer,
  type SendOnlyServerOptions,
} from './protocols/send-only-server.ts'
export type { ReceivedPublish, Refusal, TestServer } from './protocols/test-server.ts'
export { settled } from './settled.ts'
