import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import BackendPusher from 'pusher'
import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import type { ServerOptions } from '../options.ts'
import { startServer } from '../socket-test-setup.ts'
import type { PusherOptions } from './app.ts'
import { APP, authOf, KEY, SECRET } from './pusher-test-setup.ts'

/** A server on a port, and the official library for backends in front of it. */
export async function startPusher(options: PusherOptions = {}, more: ServerOptions = {}) {
  const started = await startServer({ ...more, pusher: { apps: [APP], ...options } })
  const backend = new BackendPusher({
    appId: APP.id,
    key: KEY,
    secret: SECRET,
    host: '127.0.0.1',
    port: `${started.port}`,
    useTLS: false,
  })
  return { ...started, backend }
}

export interface LiveFrame {
  readonly event: string
  readonly channel?: string
  readonly data?: unknown
  readonly user_id?: string
}

/** A client by frames over a real socket, with data decoded. */
export async function dialPusher(port: number, key = KEY, tls?: Pick<ClientOptions, 'ca'>) {
  const socket = new WebSocket(`${tls ? 'wss' : 'ws'}://127.0.0.1:${port}/app/${key}`, tls)
  const frames: LiveFrame[] = []
  const taken = new Set<LiveFrame>()
  socket.on('message', (text) => {
    const frame = JSON.parse(`${text}`) as LiveFrame
    frames.push(typeof frame.data === 'string' ? { ...frame, data: parse(frame.data) } : frame)
  })
  socket.on('error', () => {})
  onTestFinished(() => socket.terminate())
  const ended = new Promise<number>((resolve) => socket.once('close', resolve))
  const next = (event: string): Promise<LiveFrame> => first((frame) => frame.event === event, event)
  const first = async (isMeant: (frame: LiveFrame) => boolean, event: string): Promise<LiveFrame> => {
    for (;;) {
      const found = frames.find((frame) => !taken.has(frame) && isMeant(frame))
      if (found) {
        taken.add(found)
        return found
      }
      await Promise.race([
        once(socket, 'message'),
        ended.then(() => Promise.reject(new Error(`Ended before ${event}`))),
      ])
    }
  }
  const { data } = await next('pusher:connection_established')
  const { socket_id: socketId } = data as { socket_id: string }
  const send = (frame: object): void => socket.send(JSON.stringify(frame))
  return {
    socket,
    frames,
    ended,
    socketId,
    next,
    send,
    async join(channel: string, member?: object): Promise<LiveFrame> {
      const channel_data = member && JSON.stringify(member)
      const auth = authOf(socketId, channel, ...(channel_data ? [channel_data] : []))
      const before = new Set(frames)
      send({ event: 'pusher:subscribe', data: { channel, auth, channel_data } })
      const succeeded = 'pusher_internal:subscription_succeeded'
      const answers = [succeeded, 'pusher:subscription_error', 'pusher:error']
      const answer = await first((frame) => answers.includes(frame.event) && !before.has(frame), succeeded)
      if (answer.event !== succeeded) throw new Error(`Refused: ${JSON.stringify(answer)}`)
      return answer
    },
    async signin(user: object): Promise<LiveFrame> {
      const user_data = JSON.stringify(user)
      send({ event: 'pusher:signin', data: { auth: authOf(socketId, '', 'user', '', user_data), user_data } })
      return next('pusher:signin_success')
    },
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export interface Delivery {
  readonly headers: IncomingHttpHeaders
  readonly rawBody: string
  readonly events: readonly { readonly name: string; readonly [member: string]: unknown }[]
}

/** An address that webhooks go to. */
export async function startReceiver() {
  const deliveries: Delivery[] = []
  const answers: { readonly status: number; readonly headers?: Record<string, string> }[] = []
  const waiting = new Set<() => void>()
  const http = createServer(async (request, reply) => {
    let rawBody = ''
    for await (const part of request) rawBody += part
    deliveries.push({ headers: request.headers, rawBody, events: JSON.parse(rawBody).events })
    const { status, headers } = answers.shift() ?? { status: 200 }
    reply.writeHead(status, headers).end()
    for (const wake of waiting) wake()
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/hook?token=hidden`,
    deliveries,
    answer: (...all: typeof answers) => void answers.push(...all),
    /** Resolves when so many have come. */
    async until(count: number): Promise<void> {
      while (deliveries.length < count)
        await new Promise<void>((resolve) => {
          waiting.add(resolve)
        })
    },
  }
}
