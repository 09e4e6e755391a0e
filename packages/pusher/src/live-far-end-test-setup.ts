import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { createPusherFarEnd, type FarEndOptions, type PusherFarEnd } from './far-end-test-setup.ts'
import type { SessionPeer } from './sessions-test-setup.ts'

export interface LiveFarEnd extends PusherFarEnd {
  readonly port: number
  readonly url: string
  /** Every request for an authorization: path, headers, form. */
  readonly posts: {
    readonly path: string
    readonly headers: IncomingMessage['headers']
    readonly form: { readonly [field: string]: string }
  }[]
  /** Answers the next requests for authorizations with these statuses instead. */
  answer(...statuses: number[]): void
  /** Sockets that are open now, and how many there were. */
  readonly open: () => number
  readonly dialled: () => number
  stop(): Promise<void>
}

export interface LiveOptions extends FarEndOptions {
  /** Who we are in presence channels, by socket. @default user 1 */
  readonly member?: (socketId: string) => object
}

/** The far end on a port of this machine, with the app's own server beside it. */
export async function createLiveFarEnd({ member, ...options }: LiveOptions = {}): Promise<LiveFarEnd> {
  const farEnd = createPusherFarEnd(options)
  const posts: LiveFarEnd['posts'] = []
  const statuses: number[] = []
  const memberOf = member ?? (() => ({ user_id: '1', user_info: { name: 'Ada' } }))
  let count = 0

  const authorize = (form: { readonly [field: string]: string }): object => {
    const { socket_id: socketId = '', channel_name: channel } = form
    if (channel === undefined) return farEnd.sign.user(socketId, { id: '1', name: 'Ada' })
    return farEnd.sign.channel(
      socketId,
      channel,
      channel.startsWith('presence-') ? memberOf(socketId) : undefined,
    )
  }

  const http = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const form = Object.fromEntries(new URLSearchParams(body))
    posts.push({ path: request.url ?? '', headers: request.headers, form })
    const status = statuses.shift() ?? 200
    response.writeHead(status, {
      'Access-Control-Allow-Origin': '*',
      'Content-Type': 'application/json',
      Connection: 'close',
    })
    response.end(JSON.stringify(status === 200 ? authorize(form) : { message: 'No' }))
  })
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket, request) => {
    count++
    farEnd.serve(toPeer(socket, request.url ?? ''))
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo

  return {
    ...farEnd,
    port,
    url: `http://127.0.0.1:${port}`,
    posts,
    answer: (...more) => void statuses.push(...more),
    open: () => sockets.clients.size,
    dialled: () => count,
    async stop() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
}

/** A real socket as the far end wants it. */
function toPeer(socket: WebSocket, path: string): SessionPeer {
  socket.on('error', () => {})
  return {
    target: { url: `ws://127.0.0.1${path}`, subprotocols: [] },
    accept: () => {},
    refuse: () => socket.terminate(),
    send: (...frames) => {
      for (const frame of frames) socket.send(frame)
    },
    end({ code } = {}) {
      if (code === undefined || code === 1006) socket.terminate()
      else socket.close(code)
    },
    onFrame(listener) {
      const hear = (data: Buffer): void => listener(String(data))
      socket.on('message', hear)
      return () => socket.off('message', hear)
    },
    onOver(listener) {
      socket.once('close', listener)
      return () => socket.off('close', listener)
    },
  }
}
