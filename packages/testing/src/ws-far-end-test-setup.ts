import { createServer } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { carry } from './carry.ts'
import { type LiveServer, toLiveServer } from './conformance/live-server.ts'
import type { ConformanceServer } from './conformance/protocol-rig.ts'
import { createMemoryTransport, type MemoryTransport } from './memory-transport.ts'
import { serve } from './serve-test-setup.ts'

/** A far end that listens on a port of its own. */
export interface ListeningFarEnd {
  readonly url: string
  readonly server: LiveServer
  stop(): Promise<void>
}

/** Puts a simulated far end behind real sockets. */
export async function listen(simulated: ConformanceServer): Promise<ListeningFarEnd> {
  const transport = createMemoryTransport()
  simulated.attach(transport)
  const http = createServer()
  new WebSocketServer({ server: http }).on('connection', (socket) => accept(socket, transport))
  const { host, stop } = await serve(http)
  return { url: `ws://${host}`, server: toLiveServer(simulated, transport), stop }
}

function accept(socket: WebSocket, transport: MemoryTransport): void {
  const carried = carry(transport, {
    subprotocols: [socket.protocol],
    send: (frame) => socket.send(frame),
    close: (code, reason) => socket.close(code, reason),
    cut: () => socket.terminate(),
  })
  socket.on('message', (data: Buffer, isBinary) =>
    carried.frame(isBinary ? new Uint8Array(data) : String(data)),
  )
  socket.on('close', (code, reason) => carried.over(code, String(reason)))
  socket.on('error', () => {})
}
