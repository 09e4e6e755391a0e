import { randomBytes } from 'node:crypto'
import { type Clock, systemClock } from '@org/realtime-core/kit'
import type { Address, CreateBackend } from './create-backend.ts'
import { createNode, type NodeOptions, toAddress } from './node.ts'

export interface BackendOptions {
  readonly backends: readonly CreateBackend[]
  /** @default any that is free */
  readonly port?: number
  /** Of MQTT over TCP; not listened to when something else is there. @default any that is free */
  readonly mqttPort?: number
  /** Pages that may cause faults. */
  readonly origins: readonly string[]
  /** A second node, which shares everything with the first by a Redis. */
  readonly second?: { readonly port?: number; readonly redisPort: number }
  readonly clock?: Clock
}

/** The first node, and all of them. */
export interface RunningBackend extends Address {
  readonly nodes: readonly Address[]
  close(): Promise<void>
}

/** Starts the server of the examples, and what each of them does there. */
export async function startBackend({
  backends: creators,
  port = 0,
  mqttPort = 0,
  origins,
  second,
  clock = systemClock,
}: BackendOptions): Promise<RunningBackend> {
  const backends = creators.map((create) => create(clock))
  const token = randomBytes(24).toString('base64url')
  const shared = { backends, token, origins, clock, redisPort: second?.redisPort }
  const options: readonly NodeOptions[] = [
    { ...shared, port, mqtt: { tcp: mqttPort ? 'if-free' : 'on', port: mqttPort } },
    ...(second ? [{ ...shared, port: second.port ?? 0, mqtt: { tcp: 'off' } as const }] : []),
  ]
  const servers = options.map(createNode)
  const closeAll = async (): Promise<void> => void (await Promise.all(servers.map((each) => each.close())))
  const nodes: Address[] = []
  try {
    for (const [index, server] of servers.entries()) {
      const address = toAddress(await server.listen(), token)
      nodes.push(second ? { ...address, node: { number: index + 1, of: servers.length } } : address)
    }
  } catch (error) {
    await closeAll()
    throw error
  }
  const [[server], [address]] = [servers, nodes]
  if (!server || !address) throw new Error('There is always one')
  const isWatched = (name: string): boolean =>
    servers.some((each) => each.channels().some((channel) => channel.name === name))
  const stops = backends.map((backend) => backend.start?.({ server, clock, address, isWatched }))
  return {
    ...address,
    nodes,
    async close() {
      await Promise.all(stops.map((stop) => stop?.()))
      await closeAll()
    },
  }
}
