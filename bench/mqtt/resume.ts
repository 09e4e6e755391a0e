/**
 * 200 publishes of QoS 1 are in flight when the line is cut; the session is kept, and the server answers each
 * 10 ms after it has come. Prints how long it takes from the second CONNACK until all are settled.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createMqtt } from '@org/realtime-mqtt'
import { createDecoder, encode } from '@org/realtime-mqtt/codec'
import mqttJs from 'mqtt'

const COUNT = 200
const ACK_MS = 10

interface Server {
  readonly url: string
  readonly resumedAt: () => number
  stop(): void
}

async function startServer(): Promise<Server> {
  let connections = 0
  let resumedAt = 0
  let came = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const isFirst = !connections++
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    const decoder = createDecoder({
      role: 'server',
      packet(packet) {
        if (packet.type === 'connect') {
          socket.write(encode({ type: 'connack', level: 4, sessionPresent: !isFirst, code: 0 }, 4))
          if (!isFirst) resumedAt = performance.now()
        } else if (packet.type === 'publish' && !isFirst)
          setTimeout(() => socket.write(encode({ type: 'puback', id: packet.id, code: 0 }, 4)), ACK_MS)
        else if (packet.type === 'publish' && ++came === COUNT) socket.destroy()
      },
    })
    socket.on('data', (bytes) => decoder.push(bytes))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    resumedAt: () => resumedAt,
    stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

type Publish = (n: number) => Promise<unknown>
type Open = (url: string) => Promise<{ readonly publish: Publish; close(): Promise<unknown> }>

const ours: Open = async (url) => {
  const client = createMqtt({
    url,
    version: '3.1.1',
    clean: false,
    inFlight: 65_535,
    backoff: { firstMs: 1 },
  })
  await client.connect()
  return { publish: (n) => client.mqtt.publish('a', `${n}`, { qos: 1 }), close: () => client.close() }
}

const theirs: Open = async (url) => {
  const options = { protocolVersion: 4, clean: false, clientId: 'bench', reconnectPeriod: 50 } as const
  const client = await mqttJs.connectAsync(url, options)
  return { publish: (n) => client.publishAsync('a', `${n}`, { qos: 1 }), close: () => client.endAsync(true) }
}

async function measure(open: Open): Promise<number> {
  const server = await startServer()
  const { publish, close } = await open(server.url)
  await Promise.all(Array.from({ length: COUNT }, (_, n) => publish(n)))
  const ms = performance.now() - server.resumedAt()
  await close()
  server.stop()
  return ms
}

console.log(JSON.stringify({ oursMs: await measure(ours), theirsMs: await measure(theirs) }))
process.exit()
