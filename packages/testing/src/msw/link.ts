import type { Channels } from '@org/realtime-core'
import { type Frame, systemClock } from '@org/realtime-core/kit'
import { type WebSocketData, type WebSocketHandler, type WebSocketLink, ws } from 'msw'
import { carry } from '../carry.ts'
import { createFakeChannels, type FakeChannels } from '../fake-channel.ts'
import type { Pluggable } from '../far-end.ts'
import { createMemoryTransport, type MemoryTransport } from '../memory-transport.ts'

/** A simulated server behind an address that msw intercepts. */
export interface MswLink<R extends Channels, Server extends Pluggable> {
  /** What `setupServer` and `setupWorker` take. */
  readonly handler: WebSocketHandler
  /** What the server does and has seen. */
  readonly server: Server
  /** What goes over the wire; `latencyMs` delays it, `injectFaults` loses, doubles and swaps frames. */
  readonly transport: MemoryTransport
  /** The server's side of a channel, typed by the registry. */
  readonly channel: FakeChannels<R>
}

export interface MswLinkOptions<R extends Channels> {
  /** The registry of the app. */
  readonly channels?: R
}

/** Serves every socket to this address by a simulated server. */
export function createLink<R extends Channels, Server extends Pluggable>(
  url: string | RegExp,
  { channels }: MswLinkOptions<R>,
  separator: string,
  server: Server,
): MswLink<R, Server> {
  const transport = createMemoryTransport({ clock: systemClock })
  server.attach(transport)
  const handler = linkTo(url).addEventListener('connection', ({ client, info }) => {
    const { protocols = [] } = info
    const carried = carry(transport, {
      subprotocols: typeof protocols === 'string' ? [protocols] : protocols,
      send: (frame) => client.send(frame),
      // msw sends a microtask later, and then nothing to who is closed.
      close: (code, reason) => queueMicrotask(() => client.close(code, reason)),
      cut: () => client.close(CUT),
    })
    client.addEventListener('message', ({ data }) => carried.frame(toFrame(data)))
    client.addEventListener('close', ({ code, reason }) => carried.over(code, reason))
  })
  return {
    handler,
    server,
    transport,
    channel: createFakeChannels(channels, separator, server.publish),
  }
}

/** What a client hears when its network is lost. */
const CUT = 1006

const links = new Map<string, WebSocketLink>()

/** Every link of msw listens to a channel for good, and Node warns from the eleventh on. */
function linkTo(url: string | RegExp): WebSocketLink {
  const link = links.get(`${url}`) ?? ws.link(url)
  links.set(`${url}`, link)
  return link
}

/** A view of bytes may be of memory that the client goes on to use. */
function toFrame(data: WebSocketData): Frame {
  if (typeof data === 'string') return data
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
  if (data instanceof Blob) throw new TypeError('A client has sent a Blob, which cannot be read at once')
  return new Uint8Array(data).slice()
}
