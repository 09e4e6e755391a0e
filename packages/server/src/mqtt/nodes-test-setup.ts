import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { onTestFinished } from 'vitest'
import type { ServerOptions } from '../options.ts'
import { startServer } from '../socket-test-setup.ts'

/** MQTT.js at one node, with what it has heard as `topic text`. */
export interface Peer {
  readonly client: MqttClient
  readonly heard: string[]
  subscribe(filter: string, qos?: 0 | 1 | 2): Promise<unknown>
  publish(topic: string, text: string, qos?: 0 | 1 | 2, retain?: boolean): Promise<unknown>
}

export interface MqttNode extends Awaited<ReturnType<typeof startServer>> {
  connect(options?: IClientOptions): Promise<Peer>
}

/** A node of the server whose Redis is at a port. */
export async function startMqttNode(redisPort: number, more: ServerOptions = {}): Promise<MqttNode> {
  const started = await startServer({ adapter: 'redis', redis: { port: redisPort }, ...more })
  return { ...started, connect: (options) => connectPeer(started.port, options) }
}

/** @param options comes back by itself where there is a `reconnectPeriod` */
async function connectPeer(port: number, options: IClientOptions = {}): Promise<Peer> {
  const url = `ws://127.0.0.1:${port}/mqtt`
  const client = await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0, ...options })
  onTestFinished(() => client.endAsync(true))
  client.on('error', () => {})
  const heard: string[] = []
  client.on('message', (topic, payload) => heard.push(`${topic} ${payload}`))
  return {
    client,
    heard,
    subscribe: (filter, qos = 0) => client.subscribeAsync(filter, { qos }),
    publish: (topic, text, qos = 0, retain = false) => client.publishAsync(topic, text, { qos, retain }),
  }
}
