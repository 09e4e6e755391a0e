import type { ServerFrame } from '@org/realtime-raw-ws/codec'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import { settled } from '../settled.ts'

const server = setupServer()
const { WebSocket: own } = globalThis
const sockets = new Set<WebSocket>()

/** Lets msw intercept the global WebSocket, which Node 20 has none of. */
export function interceptWebSocket(): Pick<typeof server, 'use'> {
  beforeAll(() => {
    globalThis.WebSocket ??= NodeWebSocket as never
    server.listen()
  })
  afterEach(() => {
    for (const socket of sockets) socket.close()
    sockets.clear()
    server.resetHandlers()
  })
  afterAll(() => {
    server.close()
    globalThis.WebSocket = own
  })
  return server
}

/** A client that speaks frames. */
export async function dial(url: string, hello: object = { t: 'hello', v: 1 }) {
  const socket = new WebSocket(url, ['realtime.v1'])
  sockets.add(socket)
  socket.binaryType = 'arraybuffer'
  const heard: (ServerFrame | Uint8Array)[] = []
  const ends: { code: number; reason: string }[] = []
  socket.onmessage = ({ data }) =>
    void heard.push(typeof data === 'string' ? JSON.parse(data) : new Uint8Array(data))
  socket.onclose = ({ code, reason }) => void ends.push({ code, reason })
  await settled()
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(hello))
  await settled()
  const client = {
    socket,
    ends,
    /** What has come since the last look. */
    heard: () => heard.splice(0),
    async say(...frames: (object | string)[]) {
      for (const frame of frames)
        socket.send(
          typeof frame === 'string' || frame instanceof Uint8Array
            ? (frame as string)
            : JSON.stringify(frame),
        )
      await settled()
      return client.heard()
    },
  }
  return client
}
