import { randomBytes } from 'node:crypto'
import { type Clock, systemClock } from '@org/realtime-core/kit'
import { createServer } from '@org/realtime-server'
import type { Address, CreateBackend } from './create-backend.ts'

export interface BackendOptions {
  readonly backends: readonly CreateBackend[]
  /** @default any that is free */
  readonly port?: number
  /** Of MQTT over TCP; not listened to when something else is there. @default any that is free */
  readonly mqttPort?: number
  /** Pages that may cause faults. */
  readonly origins: readonly string[]
  readonly clock?: Clock
}

export interface RunningBackend extends Address {
  close(): Promise<void>
}

/** Starts the one server of the examples, and what each of them does there. */
export async function startBackend({
  backends: creators,
  port = 0,
  mqttPort = 0,
  origins,
  clock = systemClock,
}: BackendOptions): Promise<RunningBackend> {
  const backends = creators.map((create) => create(clock))
  const token = randomBytes(24).toString('base64url')
  const apps = backends.flatMap(({ app }) => app ?? [])
  const server = createServer({
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
    mqtt: { tcp: mqttPort ? 'if-free' : 'on', port: mqttPort },
    routes: backends.flatMap(({ routes = [] }) => routes),
    times: { idleMs: 5000, answerMs: 2500, sessionMs: 10_000 },
  })
  const at = await server.listen()
  const host = `${at.host}:${at.port}`
  const address: Address = {
    host,
    url: `ws://${host}/raw`,
    mqttUrl: at.mqtt?.port ? `mqtt://${at.host}:${at.mqtt.port}` : undefined,
    control: { url: `http://${host}/_control`, token },
    inspectUrl: `http://${host}/_inspect`,
  }
  const stops = backends.map((backend) => backend.start?.({ server, clock, address }))
  return {
    ...address,
    async close() {
      await Promise.all(stops.map((stop) => stop?.()))
      await server.close()
    },
  }
}
