import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { createPusherFarEnd, type FarEndOptions, type PusherFarEnd } from './far-end-test-setup.ts'
import type { SessionPeer } from './sessions-test-setup.ts'
import { createTestApp, type MemberOf, type TestApp } from './test-app-test-setup.ts'

export interface LiveFarEnd extends PusherFarEnd, Pick<TestApp, 'posts' | 'answer'> {
  readonly port: number
  readonly url: string
  /** Sockets that are open now, and how many there were. */
  readonly open: () => number
  readonly dialled: () => number
  stop(): Promise<void>
}

export interface LiveOptions extends FarEndOptions {
  /** Who we are in presence channels. @default user 1 */
  readonly member?: MemberOf
}

/** The far end on a port of this machine, with the app's own server beside it. */
export async function createLiveFarEnd({ member, ...options }: LiveOptions = {}): Promise<LiveFarEnd> {
  const farEnd = createPusherFarEnd(options)
  const app = createTestApp(farEnd.sign, member)
  const { http } = app
  let count = 0
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
    posts: app.posts,
    answer: app.answer,
    open: () => sockets.clients.size,
    dialled: () => count,
    async stop() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      await app.stop()
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
