import type { ChannelOptions } from '@org/realtime-core'
import { expect, onTestFinished } from 'vitest'
import { createMqtt } from './create-mqtt.ts'
import type { Broker } from './mosquitto-test-setup.ts'
import type { MqttClient, MqttOptions } from './mqtt-options.ts'

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
export async function eventually(condition: () => unknown, withinMs = 8000): Promise<void> {
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
  await eventually(() => handle.status.get().state === 'joined')
  return log
}

export const expectNoErrors = ({ errors }: { readonly errors: readonly Error[] }): void =>
  expect(errors).toEqual([])

export type Kind = keyof Pick<Broker, 'tcp' | 'ws'>
