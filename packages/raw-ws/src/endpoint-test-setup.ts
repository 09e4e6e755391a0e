import type { Frame, SessionEnd } from '@org/realtime-core/kit'
import type { Endpoint, Wire, WireHandler } from '@org/realtime-server'
import type { MemoryPeer, MemoryTransport } from '@org/realtime-testing'

/** One client of an endpoint, as a test sees it. */
export interface Guest {
  readonly peer: MemoryPeer
  readonly number: number
  /** What it has sent, as far as it arrived. */
  readonly sent: Frame[]
}

export interface ServedEndpoint {
  attach(transport: MemoryTransport): () => void
  /** Those that are connected. */
  readonly guests: ReadonlySet<Guest>
  /** Sends nothing from here on; what was not sent is lost. */
  withhold(): void
  release(): void
  /** Cuts all. @default code 1006 */
  dropAll(end?: SessionEnd): void
  /** A client of the endpoint itself, without a client of ours. */
  enter(listener?: (frame: Frame) => void): WireHandler
}

/** Serves an endpoint of the reference server over memory: the server is real, only its sockets are not. */
export function serveEndpoint(
  endpoint: Endpoint,
  heard: (guest: Guest, frame: Frame) => void = () => {},
): ServedEndpoint {
  const guests = new Set<Guest>()
  let count = 0
  let isWithheld = false

  const toWire = (own: Pick<Wire, 'send' | 'close' | 'pause' | 'resume'>, subprotocol = ''): Wire => ({
    id: `wire-${count++}`,
    request: {
      path: '/',
      params: {},
      query: new URLSearchParams(),
      headers: {},
      address: '::1',
      subprotocol,
    },
    bufferedBytes: 0,
    ...own,
  })

  const serve = (peer: MemoryPeer): void => {
    const subprotocol = endpoint.subprotocol?.(peer.target.subprotocols)
    if (subprotocol === false) return peer.refuse()
    peer.accept(subprotocol ?? '')
    const guest: Guest = { peer, number: count, sent: [] }
    guests.add(guest)
    const unread: Frame[] = []
    let pauses = 0
    const read = (): void => {
      while (!pauses && unread.length) {
        const frame = unread.shift() as Frame
        guest.sent.push(frame)
        heard(guest, frame)
        handler.frame(frame)
      }
    }
    const wire = toWire(
      {
        send(frame) {
          if (!isWithheld && peer.state === 'open') peer.send(frame)
        },
        close: (code = 1006, reason = '') => peer.end({ code, reason }),
        pause: () => void pauses++,
        resume() {
          pauses--
          read()
        },
      },
      subprotocol,
    )
    const handler = endpoint.accept(wire)
    peer.onFrame((frame) => {
      unread.push(frame)
      read()
    })
    peer.onOver(() => {
      guests.delete(guest)
      handler.over(peer.closedBy ? 1000 : 1006, '')
    })
  }

  return {
    guests,
    attach: (transport) => transport.onDial(serve),
    withhold() {
      isWithheld = true
    },
    release() {
      isWithheld = false
    },
    dropAll(end = { code: 1006, reason: '' }) {
      for (const { peer } of [...guests]) peer.end(end)
    },
    enter(listener = () => {}) {
      return endpoint.accept(toWire({ send: listener, close() {}, pause() {}, resume() {} }))
    },
  }
}
