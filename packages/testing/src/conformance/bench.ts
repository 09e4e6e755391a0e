import { type Client, createClient } from '@org/realtime-core'
import type { Capabilities, Meta } from '@org/realtime-core/kit'
import { createFakeSignals } from '../fake-signals.ts'
import { leakCheck } from '../leak-check.ts'
import { assert } from './assert.ts'
import { createGate } from './gate.ts'
import type { LiveServer } from './live-server.ts'
import type { LiveRig, ProtocolRig } from './protocol-rig.ts'
import type { Statement } from './runner.ts'
import { spyPort } from './spy-port.ts'
import { type Spy, spyProtocol } from './spy-protocol.ts'
import { type Surroundings, surroundingsOf, type Times } from './surroundings.ts'
import { type Tap, tapTransport } from './tap.ts'
import { createWait, type Wait } from './wait.ts'

export interface ProtocolStatement extends Statement<ProtocolBench> {
  /** It waits for a heartbeat, so where time is real the heart must beat fast. */
  readonly heartbeat?: 'fast'
}

type AnyClient = Client<never, Capabilities, Meta, string>

/** A client over the rig, with everything that a statement looks at. */
export interface ProtocolBench extends Wait {
  readonly rig: ProtocolRig | LiveRig
  readonly client: AnyClient
  readonly server: LiveServer
  readonly tap: Tap
  readonly spy: Spy
  readonly times: Times
  readonly channels: readonly [string, string, string]
  readonly event: string
  readonly errors: readonly Error[]
  connect(): Promise<void>
  /** Connects and joins channels; the result lists what arrives in them. */
  join(...channels: string[]): Promise<Arrived[]>
  isJoined(channel: string): boolean
  /** Waits until both ends say that the channels are joined, by one session. */
  untilJoined(...channels: string[]): Promise<void>
  /** Cuts every session, and lets the client dial again only after `meanwhile`. */
  interrupt(meanwhile?: () => unknown): Promise<void>
  /** Holds every dial back until the result is called. */
  holdDials(): () => void
  /** Lets happen what is under way: before saying that something has not happened. */
  settled(): Promise<void>
  pass(ms: number): Promise<void>
}

export interface Arrived {
  readonly channel: string
  readonly event: string
  readonly value: unknown
}

export async function withBench(
  rig: ProtocolRig | LiveRig,
  { run, heartbeat }: ProtocolStatement,
): Promise<void> {
  const surroundings = surroundingsOf(rig, heartbeat === 'fast')
  const { clock, url } = surroundings
  const tap = tapTransport(surroundings.transport)
  const spy = spyProtocol(rig.protocol)
  const signals = createFakeSignals()
  const dials = createGate()
  const client: AnyClient = createClient({
    ...surroundings.clientOptions,
    ...(rig.clientOptions as object),
    url: () => dials.pass().then(() => url),
    protocol: spy.protocol,
    transport: tap.transport,
    clock,
    signals,
    ...(rig.port && { port: spyPort(rig.port(clock), rig.protocol, spy) }),
  })
  try {
    await run(createBench(rig, surroundings, { client, tap, spy, holdDials: rig.holdDials ?? dials.close }))
    await client.close()
    await surroundings.settled(() => tap.events)
    await surroundings.stop?.()
    leakCheck({ clock, transport: tap, signals, client })
    assert(!spy.violations.length, `The protocol ${[...new Set(spy.violations)].join('; ')}`)
  } finally {
    void client.close()
    if ('stop' in rig) await rig.stop?.()
  }
}

function createBench(
  rig: ProtocolRig | LiveRig,
  { server, times, pass, ...surroundings }: Surroundings,
  parts: Pick<ProtocolBench, 'client' | 'tap' | 'spy' | 'holdDials'>,
): ProtocolBench {
  const { client, tap, holdDials } = parts
  const { channels = ['a', 'b', 'c'], event = 'message' } = rig
  const errors: Error[] = []
  client.onError((error) => errors.push(error))
  const wait = createWait({ ...surroundings, pass, patienceMs: times.patienceMs }, () => {
    const { status, lastError } = client.status.get()
    return `${status}, ${lastError ?? 'no error'}`
  })
  const { until, untilEqual } = wait
  const isUp = (): boolean => client.status.get().status === 'connected'
  const isJoined = (channel: string): boolean => client.untyped(channel).status.get().state === 'joined'

  const bench: ProtocolBench = {
    ...parts,
    ...wait,
    rig,
    server,
    times,
    channels,
    event,
    errors,
    pass,
    isJoined,
    settled: () => surroundings.settled(() => tap.events),
    async connect() {
      client.connect().catch(() => {})
      await until(isUp, 'the client connects')
    },
    async untilJoined(...names) {
      await until(() => names.every(isJoined), `joining ${names}`)
      const counts = (): Promise<number[]> => Promise.all(names.map((name) => server.joined(name)))
      const each = names.map(() => 1)
      await untilEqual(counts, each, `members of ${names}`)
    },
    async join(...names) {
      const arrived: Arrived[] = []
      await bench.connect()
      for (const channel of names)
        client
          .untyped(channel)
          .onAny((message) => arrived.push({ channel, event: message.event, value: message.payload }))
      await bench.untilJoined(...names)
      return arrived
    },
    async interrupt(meanwhile) {
      const letDial = holdDials()
      await server.dropAll()
      await until(() => !isUp(), 'the loss of the session is told')
      await meanwhile?.()
      letDial()
    },
  }
  return bench
}
