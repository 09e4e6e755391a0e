import type { Clock } from '@org/realtime-core/kit'
import { createServer, type Listening, type Server, type ServerOptions } from '@org/realtime-server'
import type { Address, Backend } from './create-backend.ts'

export interface NodeOptions {
  readonly backends: readonly Backend[]
  readonly port: number
  readonly mqtt: NonNullable<ServerOptions['mqtt']>
  /** Of `/_control`. */
  readonly token: string
  readonly origins: readonly string[]
  readonly clock: Clock
  /** Of the Redis that it shares with others. */
  readonly redisPort: number | undefined
}

/** A server with the rules, apps and pages of all examples. */
export function createNode({ backends, port, mqtt, token, origins, clock, redisPort }: NodeOptions): Server {
  const apps = backends.flatMap(({ app }) => app ?? [])
  const ingest = backends.find((backend) => backend.ingest)?.ingest
  return createServer({
    mode: 'development',
    port,
    clock,
    control: { token, origins },
    // Whoever is nobody in an example is who it says: pages call themselves as they like.
    authenticate(name) {
      if (!name) return undefined
      for (const { authenticate } of backends) {
        const user = authenticate?.(name)
        if (user) return user
      }
      return { id: name, info: { role: 'desk' } }
    },
    channels: Object.assign({}, ...backends.map(({ channels }) => channels)),
    ...(apps.length && { pusher: { apps } }),
    ...(redisPort !== undefined && { adapter: 'redis', redis: { port: redisPort } }),
    ...(ingest && { ingest }),
    mqtt,
    routes: backends.flatMap(({ routes = [] }) => routes),
    times: { idleMs: 5000, answerMs: 2500, sessionMs: 10_000 },
  })
}

/** Where it is. */
export function toAddress({ host: name, port, mqtt }: Listening, token: string): Address {
  const host = `${name}:${port}`
  return {
    host,
    url: `ws://${host}/raw`,
    mqttUrl: mqtt?.port ? `mqtt://${name}:${mqtt.port}` : undefined,
    control: { url: `http://${host}/_control`, token },
    inspectUrl: `http://${host}/_inspect`,
  }
}
