import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import type { Frame } from '@org/realtime-core/kit'
import { type WebSocket, WebSocketServer } from 'ws'
import type { FarSession, TransportRig } from './conformance/transport-rig.ts'
import { serve } from './serve-test-setup.ts'

/** What a far end has seen; sessions are counted from 0. */
export type Sight =
  | readonly ['accepted', session: number]
  | readonly ['frame', session: number, frame: Frame]
  | readonly ['over', session: number, how: NonNullable<FarSession['over']>]

/** A far end of WebSockets for the transport suite, and its transport left out. */
export async function startWebSocketFarEnd(
  see: (sight: Sight) => void = () => {},
): Promise<Omit<TransportRig, 'transport'>> {
  const accepted: FarSession[] = []
  const webSockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered].at(-1) ?? false,
  })
  const server = createServer()
  let answer: 'accept' | 'refuse' | 'hang' = 'accept'
  server.on('upgrade', (request, socket, head) => {
    if (answer === 'refuse') socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n')
    else if (answer === 'accept')
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        const number = accepted.length
        see(['accepted', number])
        accepted.push(toFarSession(webSocket, socket as Socket, number, see))
      })
  })
  const { host, stop } = await serve(server)
  return {
    url: `ws://${host}`,
    accepted,
    answer(how) {
      answer = how
    },
    stop,
  }
}

function toFarSession(
  webSocket: WebSocket,
  socket: Socket,
  number: number,
  see: (sight: Sight) => void,
): FarSession {
  const received: Frame[] = []
  let over: FarSession['over']
  webSocket.on('message', (data: Buffer, isBinary) => {
    const frame = isBinary ? new Uint8Array(data) : String(data)
    received.push(frame)
    see(['frame', number, frame])
  })
  webSocket.on('close', (code, reason) => {
    over = { code, reason: String(reason) }
    see(['over', number, over])
  })
  webSocket.on('error', () => {})
  return {
    received,
    get over() {
      return over
    },
    send: (frame) => webSocket.send(frame),
    end: (code, reason) => webSocket.close(code, reason),
    drop: () => void socket.destroy(),
    halfOpen: () => void socket.pause(),
  }
}
