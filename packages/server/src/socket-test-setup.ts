import { once } from 'node:events'
import { type ServerFrame, SUBPROTOCOL } from '@org/realtime-raw-ws/codec'
import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { createServer, type Server, type ServerOptions } from './index.ts'

/** A server on a free port that the end of the test closes; a crash fails the test. */
export async function startServer(options: ServerOptions = {}): Promise<{
  readonly server: Server
  readonly port: number
  readonly url: string
  readonly crashes: unknown[]
}> {
  const server = createServer({ mode: 'development', port: 0, ...options })
  const crashes: unknown[] = []
  server.on('crash', (error) => crashes.push(error))
  onTestFinished(() => server.close())
  const { port, url } = await server.listen()
  return { server, port, url, crashes }
}

/** A client by frames, over a real socket. */
export interface RawSocket {
  readonly socket: WebSocket
  readonly frames: readonly ServerFrame[]
  send(...frames: readonly object[]): void
  /** The first frame of this type that this has not returned yet. */
  next<T extends ServerFrame['t']>(type: T): Promise<ServerFrame & { readonly t: T }>
  /** Says hello and waits for the welcome. */
  hello(rest?: object): Promise<ServerFrame & { readonly t: 'welcome' }>
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number; readonly reason: string }>
}

export async function dialRaw(port: number, options: ClientOptions = {}, path = '/raw'): Promise<RawSocket> {
  const socket = new WebSocket(
    `${options.ca ? 'wss' : 'ws'}://127.0.0.1:${port}${path}`,
    [SUBPROTOCOL],
    options,
  )
  const frames: ServerFrame[] = []
  const taken = new Set<ServerFrame>()
  socket.on('message', (data, isBinary) => {
    frames.push(isBinary ? { t: 'msg', ch: '', off: 0, ev: '', data } : JSON.parse(`${data}`))
  })
  socket.on('error', () => {})
  onTestFinished(() => socket.terminate())
  const ended: RawSocket['ended'] = new Promise((resolve) =>
    socket.once('close', (code, reason) => resolve({ code, reason: `${reason}` })),
  )
  await once(socket, 'open')

  const dialled: RawSocket = {
    socket,
    frames,
    ended,
    send(...all) {
      for (const frame of all) socket.send(JSON.stringify(frame))
    },
    async next(type) {
      for (;;) {
        const found = frames.find((frame) => frame.t === type && !taken.has(frame))
        if (found) {
          taken.add(found)
          return found as ServerFrame & { t: typeof type }
        }
        await Promise.race([
          once(socket, 'message'),
          ended.then(() => Promise.reject(new Error(`Ended before ${type}`))),
        ])
      }
    },
    hello(rest = {}) {
      dialled.send({ t: 'hello', v: 1, ...rest })
      return dialled.next('welcome')
    },
  }
  return dialled
}
