/** The least that holds sockets and speaks to all: what everything else is measured against. */
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { obey } from './subject.ts'

const [text = ''] = process.argv.slice(2)
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
server.on('connection', (socket: WebSocket) => socket.on('message', () => {}))
server.on('listening', () =>
  obey({
    port: (server.address() as AddressInfo).port,
    publish() {
      for (const socket of server.clients) socket.send(text)
    },
  }),
)
