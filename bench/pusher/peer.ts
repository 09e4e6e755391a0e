// A server of the Pusher protocol that floods one client when told: a process of its own, so that the client's CPU
// is its own. It prints its port, and is told over IPC what to send.
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

export interface Flood {
  readonly client: string
  readonly count: number
  readonly bytes: number
}

const BURST = 100
const sockets = new Map<string, WebSocket>()
let ids = 0

const sign = (socketId: string, channel: string): string =>
  `app-key:${createHmac('sha256', 'app-secret').update(`${socketId}:${channel}`).digest('hex')}`

/** What an app's own server answers, for one channel or for many. */
const http = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const form = new URLSearchParams(body)
  const socketId = form.get('socket_id') ?? ''
  const one = form.get('channel_name')
  const many = [...form].flatMap(([name, value]) => (name.startsWith('channel_name[') ? [value] : []))
  const answer = one
    ? { auth: sign(socketId, one) }
    : Object.fromEntries(
        many.map((channel) => [channel, { status: 200, data: { auth: sign(socketId, channel) } }]),
      )
  response.setHeader('Content-Type', 'application/json')
  response.setHeader('Access-Control-Allow-Origin', '*')
  response.end(JSON.stringify(answer))
})

const server = new WebSocketServer({ server: http, perMessageDeflate: false })
server.on('connection', (socket, { url = '' }) => {
  const data = JSON.stringify({ socket_id: `${++ids}.1`, activity_timeout: 120 })
  socket.send(JSON.stringify({ event: 'pusher:connection_established', data }))
  sockets.set(url.split('/')[1] ?? '', socket)
  socket.on('error', () => {})
  socket.on('message', (text) => {
    const { event, data: asked } = JSON.parse(String(text))
    if (event === 'pusher:ping') socket.send('{"event":"pusher:pong","data":"{}"}')
    else if (event === 'pusher:subscribe')
      socket.send(
        JSON.stringify({
          event: 'pusher_internal:subscription_succeeded',
          data: '{}',
          channel: asked.channel,
        }),
      )
  })
})

/** As a Laravel backend makes it: an object as JSON in a string, of about that many bytes. */
function toFrame(bytes: number, n: number): string {
  const booking = { id: n, code: 'A7', seats: [1, 2, 3], paid: true, note: '' }
  const note = 'x'.repeat(Math.max(0, bytes - JSON.stringify(booking).length))
  const data = JSON.stringify({ ...booking, note })
  return JSON.stringify({ event: 'BookingStatusUpdated', channel: 'bookings', data })
}

async function flood({ client, count, bytes }: Flood): Promise<void> {
  const socket = sockets.get(client)
  const frames = Array.from({ length: 64 }, (_, n) => toFrame(bytes, n))
  for (let sent = 0; sent < count; sent++) {
    socket?.send(frames[sent & 63] as string)
    if (sent % BURST === BURST - 1) await new Promise((resolve) => setImmediate(resolve))
    while ((socket?.bufferedAmount ?? 0) > 1e6) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  socket?.send('{"event":"ended","channel":"bookings","data":"{}"}')
}

process.on('message', (message: Flood | 'drop') => {
  if (message === 'drop') for (const socket of server.clients) socket.terminate()
  else flood(message)
})
http.listen(0, '127.0.0.1', () => process.send?.({ port: (http.address() as AddressInfo).port }))
