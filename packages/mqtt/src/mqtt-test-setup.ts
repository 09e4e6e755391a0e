import type { RealtimeError } from '@org/realtime-core'
import {
  createFakeClock,
  createFakeSignals,
  createMemoryTransport,
  leakCheck,
  settled,
} from '@org/realtime-testing'
import { expect, onTestFinished } from 'vitest'
import { encode, type Packet, type Publish } from './codec.ts'
import { createMqtt } from './create-mqtt.ts'
import { createFakeBroker } from './fake-broker-test-setup.ts'
import type { MqttOptions } from './mqtt-options.ts'

export type Version = 5 | '3.1.1'
export const versions = [5, '3.1.1'] as const

/** A session that the server keeps, whatever the version. */
export const KEPT = { clean: false, sessionExpiryMs: 60_000 } as const

export type Options = Partial<MqttOptions<never>>

/** A whole client on a fake clock, over a broker in memory. What is left behind, or unexpectedly reported, fails the test. */
export function setup(options: Options = {}) {
  const clock = createFakeClock()
  const transport = createMemoryTransport({ clock })
  const signals = createFakeSignals()
  const broker = createFakeBroker()
  broker.attach(transport)
  const client = createMqtt({
    url: 'ws://broker',
    clientId: 'me',
    backoff: { jitter: 0 },
    ...(options as object),
    ...{ clock, transport, signals },
  })
  const errors: RealtimeError[] = []
  client.onError((error) => errors.push(error))
  onTestFinished(async () => {
    await client.close()
    await settled()
    leakCheck({ clock, transport, signals, client })
    expect(errors).toEqual([])
  })
  return {
    ...{ client, clock, transport, broker },
    /** The errors reported so far, which are then expected. */
    takeErrors: () => errors.splice(0),
    /** The packets that arrived, of these types or all. */
    sent: (...types: Packet['type'][]) =>
      broker.packets.filter(({ type }) => !types.length || types.includes(type)),
    publishes: () => broker.packets.filter((packet): packet is Publish => packet.type === 'publish'),
    /** A lost network, and the reconnect after it. */
    async blink(meanwhile: () => unknown = () => {}) {
      broker.dropAll()
      await settled()
      await meanwhile()
      await clock.advance(2000)
    },
  }
}

export async function connected(options?: Options) {
  const kit = setup(options)
  await kit.client.connect()
  return kit
}

/** Connected, and joined to channels; `log` has what arrives there. */
export async function joined(options: Options, ...channels: string[]) {
  const kit = await connected(options)
  const log: unknown[] = []
  for (const channel of channels)
    kit.client
      .untyped(channel, { qos: 2 })
      .on('message', (payload, { topic }) => log.push([channel, topic, payload]))
  await settled()
  return { ...kit, log }
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Packets as the bytes of one chunk. */
export const encodeAll = (version: Version, ...packets: Packet[]): number[] =>
  packets.flatMap((packet) => [...encode(packet, version === 5 ? 5 : 4)])
