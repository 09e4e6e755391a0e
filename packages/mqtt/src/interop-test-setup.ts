import type { ChannelOptions } from '@org/realtime-core'
import type { Transport } from '@org/realtime-core/kit'
import { expect, onTestFinished } from 'vitest'
import { createDecoder } from './codec.ts'
import { createMqtt } from './create-mqtt.ts'
import type { Broker } from './mosquitto-test-setup.ts'
import type { MqttClient, MqttOptions } from './mqtt-options.ts'
import { mqttTransport } from './mqtt-transport.ts'

type AnyClient = MqttClient<never>

/** A client that is closed at the end, with the errors it reported unasked. */
export function openClient(options: MqttOptions<never>): AnyClient & { readonly errors: readonly Error[] } {
  const client = createMqtt(options) as AnyClient
  const errors: Error[] = []
  client.onError((error) => errors.push(error))
  onTestFinished(() => client.close())
  return Object.assign(client, { errors })
}

/** Waits for the outside world, which has its own time. */
export async function eventually(condition: () => unknown, withinMs = 25_000): Promise<void> {
  const giveUpAt = performance.now() + withinMs
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`Waited ${withinMs} ms in vain: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

export async function join(
  client: AnyClient,
  channel: string,
  options: ChannelOptions = {},
): Promise<unknown[]> {
  const log: unknown[] = []
  const handle = client.untyped(channel, options)
  handle.on('message', (payload) => log.push(payload))
  await eventually(() => handle.status.get().state === 'joined').catch((cause: unknown) => {
    const states = [handle, client].map(({ status }) => JSON.stringify(status.get()))
    throw new Error(`Not joined: ${states}`, { cause })
  })
  return log
}

export const expectNoErrors = ({ errors }: { readonly errors: readonly Error[] }): void =>
  expect(errors).toEqual([])

export type Kind = keyof Pick<Broker, 'tcp' | 'ws'>

interface SentPublish {
  readonly dup: boolean
  /** One of that QoS and payload had left before. */
  readonly isRepeat: boolean
}

/** The usual transport, and every PUBLISH that leaves by it. */
export function recordPublishes(): {
  readonly transport: Transport
  readonly publishes: readonly SentPublish[]
} {
  const publishes: SentPublish[] = []
  const known = new Set<string>()
  const usual = mqttTransport(undefined, undefined)
  const transport: Transport = (target, events) => {
    const session = usual(target, events)
    const decoder = createDecoder({
      role: 'server',
      packet(packet) {
        if (packet.type !== 'publish') return
        const key = `${packet.qos} ${new TextDecoder().decode(packet.payload)}`
        publishes.push({ dup: packet.dup, isRepeat: known.has(key) })
        known.add(key)
      },
    })
    return {
      send(frame) {
        session.send(frame)
        decoder.push(Uint8Array.from(frame as Uint8Array))
      },
      close: (...how) => session.close(...how),
      get bufferedBytes() {
        return session.bufferedBytes
      },
    }
  }
  return { transport, publishes }
}
