import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { Aedes } from 'aedes'
import { createWebSocketStream, WebSocketServer } from 'ws'
import type { Broker } from './mosquitto-test-setup.ts'

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  )

/** An aedes of its own: MQTT 3.1 and 3.1.1 alone. */
export async function startAedes(): Promise<Broker> {
  const broker = await Aedes.createBroker()
  const tcp = createServer((socket) => broker.handle(socket))
  const http = createHttpServer()
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'mqtt' })
  sockets.on('connection', (socket, request) => {
    const stream = createWebSocketStream(socket)
    stream.on('error', () => {})
    broker.handle(stream, request)
  })
  const [tcpPort, wsPort] = [await listen(tcp), await listen(http)]
  return {
    tcp: `mqtt://127.0.0.1:${tcpPort}`,
    ws: `ws://127.0.0.1:${wsPort}`,
    async stop() {
      await new Promise<void>((resolve) => broker.close(() => resolve()))
      for (const client of sockets.clients) client.terminate()
      for (const server of [tcp, http]) await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
