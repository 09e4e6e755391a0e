// A server that closes every connection with 4200 at once: how often each client dials in 3 s. Then a server that is
// away for 4 s: how long after it the official client is back. Real sockets; prints its figures as JSON.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createPusher } from '@org/realtime-pusher'
import PusherJs from 'pusher-js'
import { WebSocketServer } from 'ws'

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const ERROR = '{"event":"pusher:error","data":{"code":4200,"message":"Storm"}}'

async function serve(
  port: number,
  isStorm: boolean,
): Promise<{ server: WebSocketServer; dials: () => number }> {
  let dials = 0
  const server = new WebSocketServer({ port, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    dials++
    socket.on('error', () => {})
    if (isStorm) {
      socket.send(ERROR)
      socket.close(4200)
    } else {
      const data = JSON.stringify({ socket_id: '1.1', activity_timeout: 120 })
      socket.send(JSON.stringify({ event: 'pusher:connection_established', data }))
    }
  })
  await once(server, 'listening')
  return { server, dials: () => dials }
}

const portOf = (server: WebSocketServer): number => (server.address() as AddressInfo).port

const official = (port: number): PusherJs =>
  new PusherJs('app-key', {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: port,
    forceTLS: false,
    enabledTransports: ['ws'],
  })

async function storm(run: (port: number) => () => void): Promise<number> {
  const { server, dials } = await serve(0, true)
  const stop = run(portOf(server))
  await sleep(3000)
  stop()
  server.close()
  return dials()
}

async function officialRestart(): Promise<number> {
  const first = await serve(0, false)
  const port = portOf(first.server)
  const pusher = official(port)
  await new Promise((resolve) => pusher.connection.bind('connected', () => resolve(undefined)))
  for (const socket of first.server.clients) {
    socket.send(ERROR)
    socket.close(4200)
  }
  first.server.close()
  await sleep(4000)
  const { server } = await serve(port, false)
  const upAt = performance.now()
  await new Promise((resolve) => pusher.connection.bind('connected', () => resolve(undefined)))
  const ms = performance.now() - upAt
  pusher.disconnect()
  server.close()
  return ms
}

const ours = await storm((port) => {
  const client = createPusher({ key: 'app-key', host: '127.0.0.1', port })
  client.connect().catch(() => {})
  return () => void client.close()
})
const theirs = await storm((port) => {
  const pusher = official(port)
  return () => pusher.disconnect()
})
console.log(JSON.stringify({ ours, theirs, officialRestartMs: await officialRestart() }))
process.exit()
