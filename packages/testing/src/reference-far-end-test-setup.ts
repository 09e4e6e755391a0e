import { once } from 'node:events'
import {
  type ConnectionInfo,
  createServer,
  type Frame,
  type Received,
  type Server,
  type ServerOptions,
  type Wire,
} from '@org/realtime-server'
import { WebSocket } from 'ws'
import type { Arrival, LiveServer } from './conformance/live-server.ts'
import type { ListeningFarEnd } from './ws-far-end-test-setup.ts'

/** The endpoint `/raw` of the reference server. */
export async function startRawWs(): Promise<ListeningFarEnd> {
  const { server, address } = await start()
  const { faults } = server
  const { received } = faults.record()
  const far: LiveServer = {
    ...toVerbs(server),
    publish: async (...message) => void (await server.publish(...message)),
    received: async () => received.map(toArrival),
    refuse: async (channel) => void faults.add({ at: 'join', do: 'refuse', channel }),
    drain: async (windowMs) => faults.add({ at: 'now', do: 'drain', windowMs })(),
  }
  return { url: `${address}/raw`, server: far, stop: () => server.close() }
}

/** The endpoint `/rakit`, where nobody but a client publishes. */
export async function startRakit(): Promise<ListeningFarEnd> {
  const { server, address } = await start()
  const url = `${address}/rakit`
  const guests = new Set<string>()
  const received: Arrival[] = []
  server.on('receive', ({ id: connection }, frame) => {
    const { event, channel, data: payload } = JSON.parse(`${frame}`)
    if (event === 'message' && !guests.has(connection))
      received.push({ id: undefined, channel, event, payload })
  })
  const far: LiveServer = {
    ...toVerbs(server),
    async publish(channel, _event, data) {
      const guest = new WebSocket(url)
      const [[{ id }]] = await Promise.all([next(server, 'connect'), once(guest, 'open')])
      guests.add(id)
      guest.send(JSON.stringify({ event: 'message', channel, data }))
      await next(server, 'receive')
      guest.terminate()
    },
    received: async () => received,
  }
  return { url, server: far, stop: () => server.close() }
}

const APP = { id: 'app-id', key: 'app-key', secret: 'app-secret', enableClientMessages: true }

/** The endpoint `/app/{key}`, as soketi, where members of public channels may send to each other. */
export async function startPusher(): Promise<ListeningFarEnd> {
  const { server, address } = await start({ pusher: { dialect: 'soketi', apps: [APP] } })
  const { received } = server.faults.record()
  const verbs = toVerbs(server)
  const far: LiveServer = {
    ...verbs,
    joined: async (name) =>
      server.channels().find((channel) => channel.name === `@${APP.id}/${name}`)?.subscribers ?? 0,
    publish: (channel, event, payload) => server.publishPusher(channel, event, payload),
    received: async () => received.map(toArrival),
  }
  return { url: address, server: far, stop: () => server.close() }
}

/** The endpoint `/mqtt`, where event `E` of a channel is the topic below it of that name. */
export async function startMqtt(): Promise<ListeningFarEnd> {
  const { server, address } = await start()
  const { received } = server.faults.record()
  const verbs = toVerbs(server)
  const toChannel = (topic: string): string => topic.slice(0, topic.lastIndexOf('/'))
  const far: LiveServer = {
    ...verbs,
    joined: (name) => verbs.joined(`${name}/+`),
    publish: (channel, event, payload) => server.publishMqtt(`${channel}/${event}`, JSON.stringify(payload)),
    received: async () =>
      received.map((each) => {
        const payload = each.payload ?? ''
        const json = typeof payload === 'string' ? payload : new TextDecoder().decode(payload)
        return { ...toArrival({ ...each, payload: json }), channel: toChannel(each.channel) }
      }),
  }
  return { url: `${address}/mqtt`, server: far, stop: () => server.close() }
}

async function start(
  more: ServerOptions = {},
): Promise<{ readonly server: Server; readonly address: string }> {
  const server = createServer({
    mode: 'development',
    port: 0,
    origins: 'any',
    rakit: { compat: 'exact' },
    ...more,
  })
  const { port } = await server.listen()
  return { server, address: `ws://127.0.0.1:${port}` }
}

/** What all endpoints can do on demand. */
function toVerbs({ faults, connections, on }: Server): Omit<LiveServer, 'publish' | 'received'> {
  // What the hook tells of a connection is the connection itself: no verb sends what no server would send.
  const wires = new Map<string, Pick<Wire, 'send'>>()
  on('connect', (connection) => void wires.set(connection.id, connection as ConnectionInfo & Wire))
  on('disconnect', ({ id }) => void wires.delete(id))
  const begun: { withhold?: () => void; stall?: () => void } = {}
  return {
    joined: async (name) => connections().filter(({ channels }) => channels.includes(name)).length,
    async withhold() {
      begun.withhold = faults.add({ at: 'frame', direction: 'out', do: 'drop' })
    },
    release: async () => begun.withhold?.(),
    dropAll: async () => faults.add({ at: 'now', do: 'cut' })(),
    async stall() {
      begun.stall = faults.add({ at: 'now', do: 'freeze' })
    },
    unstall: async () => begun.stall?.(),
    async send(frame) {
      for (const wire of wires.values()) wire.send(frame)
    },
  }
}

const toArrival = ({ payload, isRepeat, ...message }: Received): Arrival => ({
  ...message,
  payload: typeof payload === 'string' ? JSON.parse(payload) : payload,
  duplicate: isRepeat,
})

/** The next time something happens. */
function next(server: Server, hook: 'connect' | 'receive'): Promise<readonly [ConnectionInfo, Frame?]> {
  return new Promise((resolve) => {
    const stop = server.on(hook, (...values: [ConnectionInfo, Frame?]) => {
      stop()
      resolve(values)
    })
  })
}
