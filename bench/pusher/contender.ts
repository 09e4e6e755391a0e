// One client in a process of its own: tells over IPC when it is ready, and what the CPU was for each flood.

import { createPusher, type PusherClient } from '@org/realtime-pusher'
import { Pusher } from '@org/realtime-pusher/compat'
import PusherJs from 'pusher-js'
import WebSocket from 'ws'

const [name = '', port = ''] = process.argv.slice(2)
const EVENT = 'BookingStatusUpdated'
let heard = 0
let started: NodeJS.CpuUsage | undefined

const tell = (message: object | string): void => void process.send?.(message)

function ended(): void {
  if (!started) return
  const { user, system } = process.cpuUsage(started)
  started = undefined
  tell({ cpuUs: user + system, heard })
}

function bare(parses: 1 | 2): void {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/${name}/app/app-key?protocol=7`, {
    perMessageDeflate: false,
  })
  socket.on('message', (data) => {
    const { event, data: text } = JSON.parse(data.toString())
    if (event === 'ended') return ended()
    if (event === EVENT) {
      if (parses === 1) heard++
      else heard += JSON.parse(text).paid ? 1 : 0
    } else if (event === 'pusher:connection_established')
      socket.send('{"event":"pusher:subscribe","data":{"channel":"bookings"}}')
    else if (event === 'pusher_internal:subscription_succeeded') tell('ready')
  })
}

function ours(rate: boolean): void {
  const client: PusherClient = createPusher({
    key: 'app-key',
    host: '127.0.0.1',
    port: Number(port),
    wsPath: `/${name}`,
  })
  const channel = client.untyped('bookings')
  const hear = (payload: unknown): void => {
    heard += (payload as { paid: boolean }).paid ? 1 : 0
  }
  if (rate) channel.on(EVENT, hear, { rate: { everyMs: 100, keep: 'latest' } })
  else channel.on(EVENT, hear)
  channel.on('ended', ended)
  channel.status.subscribe(({ state }) => state === 'joined' && tell('ready'))
}

function classic(Class: typeof Pusher): void {
  const pusher = new Class('app-key', {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: Number(port),
    wsPath: `/${name}`,
    forceTLS: false,
    enabledTransports: ['ws'],
  })
  const channel = pusher.subscribe('bookings')
  channel.bind(EVENT, (payload: { paid: boolean }) => {
    heard += payload.paid ? 1 : 0
  })
  channel.bind('ended', ended)
  channel.bind('pusher:subscription_succeeded', () => tell('ready'))
}

process.on('message', () => {
  heard = 0
  started = process.cpuUsage()
  tell('go')
})
if (name === 'bare1') bare(1)
else if (name === 'bare2') bare(2)
else if (name === 'pusherjs') classic(PusherJs as unknown as typeof Pusher)
else if (name === 'compat') classic(Pusher)
else ours(name === 'latest')
