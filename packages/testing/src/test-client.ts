import {
  type Channels,
  type Client,
  type ClientOptions,
  createClient,
  type ErrorCode,
  type RealtimeError,
  type RegisteredChannels,
} from '@org/realtime-core'
import type { Capabilities, Meta, Protocol } from '@org/realtime-core/kit'
import { createFakeChannels, type FakeChannels } from './fake-channel.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'
import { createFakeSignals, type FakeSignals } from './fake-signals.ts'
import { type FarEnd, type FarEnds, farEnds } from './far-end.ts'
import { leakCheck } from './leak-check.ts'
import { createMemoryTransport, type MemoryTransport } from './memory-transport.ts'
import { settled } from './settled.ts'
import { strictTrace } from './strict-trace.ts'

/** The far end that a name stands for, or the one that was given. */
export type FarEndOf<N> = N extends keyof FarEnds ? FarEnds[N] : N extends FarEnd ? N : never

type ProtocolOf<N> = FarEndOf<N>['protocol']
type CapabilitiesOf<N> = ProtocolOf<N> extends Protocol<infer C, Meta> ? C : Capabilities
type MetaOf<N> = ProtocolOf<N> extends Protocol<Capabilities, infer M> ? M : Meta
type SeparatorOf<N> = ProtocolOf<N> extends Protocol<Capabilities, Meta, infer S> ? S : string

export interface TestClientOptions<R extends Channels, N> {
  /** The registry of the app. */
  readonly channels?: R
  /** What is spoken: by name, or a protocol with its own simulated server. @default 'acked' */
  readonly protocol?: N
  /** Any other option of a client. */
  readonly clientOptions?: Partial<
    Omit<ClientOptions<R, CapabilitiesOf<N>, MetaOf<N>, SeparatorOf<N>>, 'protocol' | 'channels'>
  >
  /** The `onTestFinished` or `afterEach` of the runner, to run `finish` at the end of the test. */
  readonly atEnd?: (finish: () => Promise<void>) => void
}

export interface TestClient<R extends Channels, N> {
  readonly client: Client<R, CapabilitiesOf<N>, MetaOf<N>, SeparatorOf<N>>
  readonly clock: FakeClock
  readonly transport: MemoryTransport
  readonly server: FarEndOf<N>['server']
  readonly signals: FakeSignals
  /** Every error event so far. */
  readonly errors: readonly RealtimeError[]
  /** Allows, and requires, error events of that code; any other fails `finish`. */
  expectError(code: ErrorCode, times?: number): void
  readonly channel: FakeChannels<R>
  /** Waits until everything has happened that needs no time to pass. */
  settled(): Promise<void>
  /** Loses the network of every open session. */
  drop(): Promise<void>
  /** Closes the client; throws on unexpected error events and on anything left behind. */
  finish(): Promise<void>
}

/**
 * A client on a fake clock, a memory transport and a simulated server: everything an app's test needs in one
 * object. Nothing is dialled until something needs the connection.
 * @example
 * const fake = createTestClient({ channels, atEnd: onTestFinished })
 * fake.client.channel('booking.{userId}', { userId: 42 }).on('BookingStatusUpdated', show)
 * await fake.channel('booking.{userId}', { userId: 42 }).emit('BookingStatusUpdated', { id: 7 })
 */
export function createTestClient<
  R extends Channels = RegisteredChannels,
  const N extends keyof FarEnds | FarEnd = 'acked',
>(options: TestClientOptions<R, N> = {}): TestClient<R, N> {
  const { protocol: choice = 'acked', channels, clientOptions, atEnd } = options
  const clock = createFakeClock()
  const transport = createMemoryTransport({ clock })
  const signals = createFakeSignals()
  const { protocol, server }: FarEnd =
    typeof choice === 'string' ? farEnds[choice as keyof FarEnds]() : choice
  server.attach(transport, clock)
  const client = createClient({
    url: 'memory://server',
    clock,
    transport,
    signals,
    ...(clientOptions as object),
    ...(channels && { channels: channels as Channels }),
    protocol,
  })
  const strict = strictTrace(client)

  const fake = {
    client,
    clock,
    transport,
    server,
    signals,
    errors: strict.errors,
    expectError: strict.expectError,
    channel: createFakeChannels<Channels>(channels, protocol.separator, server.publish),
    settled,
    async drop() {
      for (const peer of transport.open) peer.drop()
      await settled()
    },
    async finish() {
      await client.close()
      await settled()
      leakCheck({ clock, transport, signals, client })
      strict.verify()
    },
  }
  atEnd?.(fake.finish)
  // The one place where the untyped inside meets the types that tests see.
  return fake as never
}
