import { createServer } from 'node:http'
import type { Frame, Session } from '@org/realtime-core/kit'
import { type WebSocket, WebSocketServer } from 'ws'
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

/** Puts a simulated far end behind real sockets: each is a session of a memory transport on this side. */
export async function listen(simulated: ConformanceServer): Promise<ListeningFarEnd> {
  const transport = createMemoryTransport()
  simulated.attach(transport)
  const http = createServer()
  new WebSocketServer({ server: http }).on('connection', (socket) => join(socket, transport))
  const { host, stop } = await serve(http)
  return { url: `ws://${host}`, server: toLiveServer(simulated, transport), stop }
}

function join(socket: WebSocket, transport: MemoryTransport): void {
  const early: Frame[] = []
  let session: Session | undefined
  const dialled = transport(
    { url: 'memory://server', subprotocols: [socket.protocol] },
    {
      open() {
        session = dialled
        for (const frame of early) session.send(frame)
      },
      frame: (frame) => socket.send(frame),
      end({ code, reason }) {
        session = undefined
        // That code says that the network was lost, so no end may say it.
        if (code === undefined || code === 1006) socket.terminate()
        else socket.close(code, reason)
      },
    },
  )
  socket.on('message', (data: Buffer, isBinary) => {
    const frame = isBinary ? new Uint8Array(data) : String(data)
    if (session) session.send(frame)
    else early.push(frame)
  })
  socket.on('close', () => dialled.close())
  socket.on('error', () => {})
}
