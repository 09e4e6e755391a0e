import { type AnyClient, createClient } from '@org/realtime-core'
import { createMqtt } from '@org/realtime-mqtt'
import { createPusher } from '@org/realtime-pusher'
import { createRakit, createRawWs } from '@org/realtime-raw-ws'
import { createAckedProtocol, createBinaryProtocol, createSendOnlyProtocol } from '@org/realtime-testing'
import { inject, onTestFinished } from 'vitest'
import { channels } from './registry-test-setup.ts'

const common = { channels, connection: { idleCloseMs: 100 }, subscribe: { lingerMs: 100 } }

/** A client for each kind of far end that listens for real; the first four are those of the reference server. */
export const liveClients: readonly (readonly [kind: string, create: (url: string) => AnyClient])[] = [
  ['pusher', (url) => createPusher({ ...common, url, key: 'app-key' })],
  ['mqtt', (url) => createMqtt({ ...common, url, events: 'last-level' })],
  ['raw-ws', (url) => createRawWs({ ...common, url })],
  ['rakit', (url) => createRakit({ ...common, url })],
  ['acked', (url) => createClient({ ...common, url, protocol: createAckedProtocol() })],
  ['send-only', (url) => createClient({ ...common, url, protocol: createSendOnlyProtocol() })],
  ['binary', (url) => createClient({ ...common, url, protocol: createBinaryProtocol() })],
]

/** What a test of a binding asks of a far end. */
export interface LiveFarEnd {
  readonly url: string
  publish(channel: string, text: string): Promise<unknown>
  dropAll(): Promise<unknown>
  joined(channel: string): Promise<number>
  received(): Promise<readonly { readonly channel: string; readonly payload: unknown }[]>
}

/** Starts a far end for a page, in the process of the test runner, until the test is over. */
export async function startFarEnd(kind: string): Promise<LiveFarEnd> {
  const post = async (path: string, body = ''): Promise<string> => {
    const response = await fetch(`${inject('farEnds')}/${path}`, { method: 'POST', body })
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return response.text()
  }
  const { id, url } = JSON.parse(await post(`start/${kind}`)) as { readonly id: number; readonly url: string }
  onTestFinished(async () => void (await post(`stop/${id}`)))
  const ask = async (...question: readonly unknown[]): Promise<unknown> => {
    const { error, result } = JSON.parse(await post(`ask/${id}`, JSON.stringify(question)))
    if (error !== undefined) throw new Error(error)
    return result
  }
  return {
    url,
    publish: (channel: string, text: string) => ask('publish', channel, 'message', { text }),
    dropAll: () => ask('dropAll'),
    joined: (channel: string) => ask('joined', channel) as Promise<number>,
    received: () =>
      ask('received') as Promise<readonly { readonly channel: string; readonly payload: unknown }[]>,
  }
}
