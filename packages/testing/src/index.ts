export type { Arrival, LiveServer } from './conformance/live-server.ts'
export type { ConformanceServer, LiveRig, ProtocolRig } from './conformance/protocol-rig.ts'
export { answerRemotely, remoteServer } from './conformance/remote-server.ts'
export type { Runner, SuiteOptions } from './conformance/runner.ts'
export type { FarSession, TransportRig } from './conformance/transport-rig.ts'
export type { FakeChannel, FakeChannels } from './fake-channel.ts'
export { createFakeClock, type FakeClock, type FakeClockOptions, type PendingTimer } from './fake-clock.ts'
export { createFakeSignals, type FakeSignals } from './fake-signals.ts'
export type { FarEnd, FarEnds, Pluggable } from './far-end.ts'
export { type FaultOptions, type Faults, injectFaults } from './faults.ts'
export { type LeakCheckOptions, leakCheck } from './leak-check.ts'
export { type ExpectedFrame, realtimeMatchers } from './matchers.ts'
export type { Intercept, MemoryPeer } from './memory-peer.ts'
export { createMemoryRig } from './memory-rig.ts'
export {
  createMemoryTransport,
  type MemoryTransport,
  type MemoryTransportOptions,
} from './memory-transport.ts'
export { type LinkReport, type OpenedLink, type OpenLinkOptions, openLink } from './open-link.ts'
export { protocolConformance } from './protocol-conformance.ts'
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
export {
  type FramePattern,
  type ReplyRule,
  type ScriptedPeer,
  type ScriptOptions,
  scriptPeer,
} from './scripted-peer.ts'
export { settled } from './settled.ts'
export { type ErrorSource, type StrictTrace, strictTrace } from './strict-trace.ts'
export {
  createTestClient,
  type FarEndOf,
  type TestClient,
  type TestClientOptions,
} from './test-client.ts'
export { type TrackHandlesOptions, trackHandles } from './track-handles.ts'
export { transportConformance } from './transport-conformance.ts'
