import {
  type Channels,
  type Client,
  type ClientOptions,
  createClient,
  type ErrorCode,
  type EventName,
  type Params,
  type Pattern,
  type PayloadInput,
  type RealtimeError,
  type RegisteredChannels,
  type Schema,
} from '@org/realtime-core'
import type { Capabilities, Meta, Protocol } from '@org/realtime-core/kit'
import { createFakeClock, type FakeClock } from './fake-clock.ts'
import { createFakeSignals, type FakeSignals } from './fake-signals.ts'
import { type FarEnd, type FarEnds, farEnds, type Pluggable } from './far-end.ts'
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

/** The server's side of one channel. */
export interface FakeChannel<R extends Channels, P extends Pattern<R>> {
  readonly name: string
  /** Sends an event to everybody in the channel. Rejects when the payload does not fit the registry. */
  emit<E extends EventName<R, P>>(event: E, payload: PayloadInput<R, P, E>): Promise<void>
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
  channel<P extends Pattern<R>>(
    pattern: P,
    ...params: P extends `${string}{${string}` ? [params: Params<P>] : []
  ): FakeChannel<R, P>
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
  server.attach(transport)
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
    channel: (pattern: string, params?: object) => fakeChannel(client, channels, server, pattern, params),
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

function fakeChannel(
  client: Client<Channels, Capabilities, Meta, string>,
  channels: Channels | undefined,
  server: Pluggable,
  pattern: string,
  params: object | undefined,
): FakeChannel<Channels, string> {
  const { name } = (client.channel as (pattern: string, params?: object) => { readonly name: string })(
    pattern,
    params,
  )
  return {
    name,
    async emit(event, payload) {
      await settled()
      if (channels) await check(name, event, channels[pattern]?.[event], payload)
      server.publish(name, event, payload)
      await settled()
    },
  }
}

async function check(
  name: string,
  event: string,
  schema: Schema | undefined,
  payload: unknown,
): Promise<void> {
  if (!schema) throw new Error(`The registry has no event ${event} on ${name}`)
  const { issues } = await schema['~standard'].validate(payload)
  if (issues)
    throw new Error(
      `Payload of ${event} on ${name} does not fit: ${issues.map(({ message }) => message).join('; ')}`,
    )
}
