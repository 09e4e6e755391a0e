// The clients in a page: each is opened when asked, and says how many messages it has heard.
import { createPusher } from '@org/realtime-pusher'
import { Pusher } from '@org/realtime-pusher/compat'
import PusherJs from 'pusher-js'

const EVENT = 'BookingStatusUpdated'

export interface PageClient {
  heard: number
  /** Resolves when the flood that is under way has ended. */
  ended: Promise<void>
  again(): void
}

function createCount(): PageClient & { hear(payload: unknown): void; end(): void } {
  let end = (): void => {}
  const count = {
    heard: 0,
    ended: Promise.resolve(),
    again() {
      count.heard = 0
      count.ended = new Promise((resolve) => {
        end = resolve
      })
    },
    hear(payload: unknown) {
      count.heard += (payload as { paid: boolean }).paid ? 1 : 0
    },
    end: () => end(),
  }
  return count
}

const clients: Record<string, PageClient> = {}

function open(name: string, port: number): Promise<void> {
  const count = createCount()
  clients[name] = count
  return new Promise((resolve) => {
    if (name === 'bare') {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/${name}/app/app-key?protocol=7`)
      socket.onmessage = ({ data }: { data: string }) => {
        const { event, data: text } = JSON.parse(data)
        if (event === EVENT) count.hear(JSON.parse(text))
        else if (event === 'ended') count.end()
        else if (event === 'pusher:connection_established')
          socket.send('{"event":"pusher:subscribe","data":{"channel":"bookings"}}')
        else if (event === 'pusher_internal:subscription_succeeded') resolve()
      }
      return
    }
    if (name === 'ours') {
      const client = createPusher({ key: 'app-key', host: '127.0.0.1', port, wsPath: `/${name}` })
      const channel = client.untyped('bookings')
      channel.on(EVENT, count.hear)
      channel.on('ended', count.end)
      channel.status.subscribe(({ state }) => state === 'joined' && resolve())
      return
    }
    const Class = name === 'compat' ? Pusher : (PusherJs as unknown as typeof Pusher)
    const channel = new Class('app-key', {
      cluster: '',
      wsHost: '127.0.0.1',
      wsPort: port,
      wsPath: `/${name}`,
      forceTLS: false,
      enabledTransports: ['ws'],
    }).subscribe('bookings')
    channel.bind(EVENT, count.hear)
    channel.bind('ended', count.end)
    channel.bind('pusher:subscription_succeeded', () => resolve())
  })
}

declare global {
  var bench: { readonly clients: Record<string, PageClient>; open(name: string, port: number): Promise<void> }
}
globalThis.bench = { clients, open }
