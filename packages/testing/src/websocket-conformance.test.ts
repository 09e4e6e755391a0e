import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { websocketTransport } from '@org/realtime-core/kit'
import { describe, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { FarSession, TransportRig } from './conformance/transport-rig.ts'
import { transportConformance } from './transport-conformance.ts'

transportConformance('websocket', startWebSocketRig, { describe, it })

async function startWebSocketRig(): Promise<TransportRig> {
  const accepted: FarSession[] = []
  const sockets = new Set<Socket>()
  const webSockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered].at(-1) ?? false,
  })
  const server = createServer()
  let answer: 'accept' | 'refuse' | 'hang' = 'accept'
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (request, socket, head) => {
    if (answer === 'refuse') socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n')
    else if (answer === 'accept')
      webSockets.handleUpgrade(request, socket, head, (webSocket) =>
        accepted.push(toFarSession(webSocket, socket as Socket)),
      )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    transport: websocketTransport(),
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted,
    answer(how) {
      answer = how
    },
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function toFarSession(webSocket: WebSocket, socket: Socket): FarSession {
  const received: FarSession['received'][number][] = []
  let over: FarSession['over']
  webSocket.on('message', (data: Buffer, isBinary) =>
    received.push(isBinary ? new Uint8Array(data) : String(data)),
  )
  webSocket.on('close', (code, reason) => {
    over = { code, reason: String(reason) }
  })
  webSocket.on('error', () => {})
  return {
    received,
    get over() {
      return over
    },
    send: (frame) => webSocket.send(frame),
    end: (code, reason) => webSocket.close(code, reason),
    drop: () => socket.destroy(),
    halfOpen: () => void socket.pause(),
  }
}
