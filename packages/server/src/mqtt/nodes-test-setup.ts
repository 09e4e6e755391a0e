import { once } from 'node:events'
import { type Connack, createDecoder, encode, type Packet } from '@org/realtime-mqtt/codec'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { ServerOptions } from '../options.ts'
import { startServer } from '../socket-test-setup.ts'
import { toConnect } from './mqtt-test-setup.ts'

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

/** A node of the server whose Redis is at a port, or elsewhere. */
export async function startMqttNode(
  at: number | NonNullable<ServerOptions['redis']>,
  more: ServerOptions = {},
): Promise<MqttNode> {
  const redis = typeof at === 'number' ? { port: at } : at
  const started = await startServer({ adapter: 'redis', redis, ...more })
  return { ...started, connect: (options) => connectPeer(started.port, options) }
}

/** @param options comes back by itself where there is a `reconnectPeriod` */
export async function connectPeer(port: number, options: IClientOptions = {}): Promise<Peer> {
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

/** The CONNECT of a client whose session stays. */
export const stays = (clientId: string, more: object = {}): Packet =>
  toConnect({ clientId, clean: false, properties: { sessionExpiryInterval: 600 }, ...more })

/** A client by packets, which answers nothing by itself. */
export interface PacketPeer {
  readonly connack: Connack
  readonly packets: Packet[]
  send(...packets: readonly Packet[]): void
  /** The first packet of this type that this has not returned yet. */
  next<T extends Packet['type']>(type: T): Promise<Packet & { readonly type: T }>
  /** The network is lost. */
  drop(): void
}

export async function connectPackets(port: number, connect: Packet): Promise<PacketPeer> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/mqtt`, ['mqtt'])
  const packets: Packet[] = []
  const taken = new Set<Packet>()
  const decoder = createDecoder({ role: 'client', level: 5, packet: (packet) => packets.push(packet) })
  socket.on('message', (bytes: Buffer) => decoder.push(Uint8Array.from(bytes)))
  socket.on('error', () => {})
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  const send = (...all: readonly Packet[]): void => {
    for (const packet of all) socket.send(encode(packet, 5))
  }
  const next: PacketPeer['next'] = async (type) => {
    for (;;) {
      const found = packets.find((packet) => packet.type === type && !taken.has(packet))
      if (found) {
        taken.add(found)
        return found as Packet & { type: typeof type }
      }
      await once(socket, 'message')
    }
  }
  send(connect)
  return { connack: await next('connack'), packets, send, next, drop: () => socket.terminate() }
}
