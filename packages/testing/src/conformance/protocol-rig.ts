import type { Client } from '@org/realtime-core'
import type { Capabilities, Frame, Meta, Protocol } from '@org/realtime-core/kit'
import type { FakeClock } from '../fake-clock.ts'
import type { FarEnd } from '../far-end.ts'
import type { MemoryTransport } from '../memory-transport.ts'
import type { TestServer } from '../protocols/test-server.ts'
import { createTestClient, type TestClientOptions } from '../test-client.ts'
import { assert } from './assert.ts'
import { type Spy, spyProtocol } from './spy-protocol.ts'

/** A far end that can do what the statements need. `TestServer` is one. */
export type ConformanceServer = Pick<
  TestServer,
  'attach' | 'publish' | 'received' | 'joined' | 'withhold' | 'release' | 'dropAll'
> &
  Partial<Pick<TestServer, 'refuse'>> & {
    /** Asks clients to move to a new connection within this window. */
    drain?(windowMs: number): void
  }

/** A protocol under test with a simulated far end. The factory makes a new one for every statement. */
export interface ProtocolRig {
  readonly protocol: Protocol
  readonly server: ConformanceServer
  /** Three channels that anybody may join. @default a, b, c */
  readonly channels?: readonly [string, string, string]
  /** The event that is published. @default 'message' */
  readonly event?: string
  /** A channel with members, for a protocol that has presence. @default 'presence-a' */
  readonly presenceChannel?: string
  /** Further names of channels and events that have to survive the way to the wire and back. */
  readonly names?: readonly (readonly [channel: string, event: string])[]
  /** Frames that make no sense in any state. @default random bytes, and text that is not JSON */
  readonly malformed?: readonly Frame[]
  /** Further options of the client, such as `credentials`. */
  readonly clientOptions?: TestClientOptions<never, FarEnd>['clientOptions']
}

/** A client over the rig, with everything that a statement looks at. */
export interface ProtocolBench {
  readonly rig: ProtocolRig
  readonly client: Client<never, Capabilities, Meta, string>
  readonly clock: FakeClock
  readonly transport: MemoryTransport
  readonly server: ConformanceServer
  readonly spy: Spy
  readonly channels: readonly [string, string, string]
  readonly event: string
  readonly errors: readonly Error[]
  /** Connects and joins channels; the result lists what arrives in them. */
  join(...channels: string[]): Promise<Arrived[]>
  connect(): Promise<void>
  settled(): Promise<void>
  /** Lets simulated time pass until something holds. */
  until(condition: () => boolean, what: string, withinMs?: number): Promise<void>
  isJoined(channel: string): boolean
}

export interface Arrived {
  readonly channel: string
  readonly event: string
  readonly value: unknown
}

const STEP_MS = 100

export async function withBench(
  rig: ProtocolRig,
  run: (bench: ProtocolBench) => Promise<void>,
): Promise<void> {
  const { server, channels = ['a', 'b', 'c'], event = 'message', clientOptions } = rig
  const spy = spyProtocol(rig.protocol)
  const farEnd = { protocol: spy.protocol, server }
  const fake = createTestClient<never, FarEnd>({ protocol: farEnd, ...(clientOptions && { clientOptions }) })
  const { client, clock, transport } = fake

  const until = async (condition: () => boolean, what: string, withinMs = 60_000): Promise<void> => {
    const giveUpAt = clock.now() + withinMs
    await fake.settled()
    while (!condition()) {
      const { status, lastError } = client.status.get()
      assert(
        clock.now() < giveUpAt,
        `In ${withinMs} ms did not happen: ${what} (${status}, ${lastError ?? 'no error'})`,
      )
      await clock.advance(STEP_MS)
    }
  }

  const isJoined = (channel: string): boolean => client.untyped(channel).status.get().state === 'joined'
  const connect = async (): Promise<void> => {
    client.connect().catch(() => {})
    await until(() => client.status.get().status === 'connected', 'the client connects')
  }

  await run({
    rig,
    client,
    clock,
    transport,
    server,
    spy,
    channels,
    event,
    errors: fake.errors,
    connect,
    settled: fake.settled,
    until,
    isJoined,
    async join(...names) {
      const arrived: Arrived[] = []
      await connect()
      for (const channel of names)
        client
          .untyped(channel)
          .onAny((message) => arrived.push({ channel, event: message.event, value: message.payload }))
      await until(() => names.every(isJoined), `joining ${names}`)
      return arrived
    },
  })

  for (const { code } of fake.errors) fake.expectError(code)
  await fake.finish()
  assert(!spy.violations.length, `The protocol ${[...new Set(spy.violations)].join('; ')}`)
}
