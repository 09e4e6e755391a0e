import { createServer, type Server, type ServerOptions, type Wire } from '@org/realtime-server'
import type { Arrival, LiveServer } from '@org/realtime-testing'
import type { Broker } from './mosquitto-test-setup.ts'

/** The reference server as a broker of its own. */
export async function startReference(options: ServerOptions = {}): Promise<Broker & { server: Server }> {
  const server = createServer({ mode: 'development', port: 0, mqtt: { tcp: 'on', port: 0 }, ...options })
  const { port, mqtt } = await server.listen()
  return {
    server,
    tcp: `mqtt://127.0.0.1:${mqtt?.port}`,
    ws: `ws://127.0.0.1:${port}`,
    stop: () => server.close(),
  }
}

/** What the suite of protocols asks of it. Payloads are JSON. */
export function toLiveServer({ faults, connections, on, publishMqtt }: Server): LiveServer {
  const { received } = faults.record()
  // What the hook tells of a connection is the connection itself: no verb sends what no server would send.
  const wires = new Map<string, Pick<Wire, 'send'>>()
  on('connect', (connection) => void wires.set(connection.id, connection as typeof connection & Wire))
  on('disconnect', ({ id }) => void wires.delete(id))
  let letGo: (() => void) | undefined
  const hold = (rule: Parameters<typeof faults.add>[0]) => async (): Promise<void> => {
    letGo = faults.add(rule)
  }
  return {
    publish: (topic, _event, payload) => publishMqtt(topic, JSON.stringify(payload), { qos: 2 }),
    received: async () => received.map(toArrival),
    joined: async (name) => connections().filter(({ channels }) => channels.includes(name)).length,
    withhold: hold({ at: 'frame', direction: 'out', do: 'drop' }),
    release: async () => letGo?.(),
    dropAll: async () => faults.add({ at: 'now', do: 'cut' })(),
    stall: hold({ at: 'now', do: 'freeze' }),
    unstall: async () => letGo?.(),
    refuse: async (channel) => void faults.add({ at: 'join', do: 'refuse', channel }),
    async send(frame) {
      for (const wire of wires.values()) wire.send(frame)
    },
  }
}

type Received = ReturnType<Server['faults']['record']>['received'][number]

const toArrival = ({ payload = '', isRepeat, ...message }: Received): Arrival => ({
  ...message,
  payload: JSON.parse(typeof payload === 'string' ? payload : new TextDecoder().decode(payload)),
  duplicate: isRepeat,
})
