import { once } from 'node:events'
import { WebSocket } from 'ws'

/** One client by its frames. */
export interface Socket {
  send(frame: object): void
  /** Called with each message of a channel. */
  onMessage: (frame: { readonly data?: unknown }) => void
  end(): void
}

/** @param channel what it joins, if anything */
export async function dial(port: number, channel?: string): Promise<Socket> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/raw`, ['realtime.v1'], { perMessageDeflate: false })
  const frames = [{ t: 'hello', v: 1 }, ...(channel ? [{ t: 'sub', chs: [{ ch: channel }] }] : [])]
  const socket: Socket = {
    send: (frame) => ws.send(JSON.stringify(frame)),
    onMessage: () => {},
    end: () => ws.terminate(),
  }
  await once(ws, 'open')
  for (const frame of frames) {
    socket.send(frame)
    await once(ws, 'message')
  }
  ws.on('message', (bytes) => {
    const frame = JSON.parse(`${bytes}`) as { readonly t: string; readonly data?: unknown }
    if (frame.t === 'msg') socket.onMessage(frame)
  })
  return socket
}
