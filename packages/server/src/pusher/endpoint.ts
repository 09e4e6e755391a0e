import { dataOf, parseFrame } from '@org/realtime-pusher/codec'
import type { Endpoint, Frame, FrameKind, Wire, WireHandler } from '../wire.ts'
import type { AppState } from './app-state.ts'
import type { FoundApp } from './apps.ts'
import { PusherConnection, speak } from './connection.ts'
import { dialects, type Word } from './dialect.ts'
import type { Pusher } from './pusher.ts'

const endings: NonNullable<Endpoint['endings']> = {
  origin: { code: 4009, reason: 'This origin may not connect' },
  limit: { code: 4100, reason: 'Over capacity' },
  slow: { code: 4100, reason: 'Reads too slowly' },
  crash: { code: 4200, reason: 'A fault of the server' },
  gone: { code: 4200, reason: 'The server goes away' },
  'put-out': { code: 4009, reason: 'Put out by the server' },
}

/** The endpoint of `docs/protocols/pusher.md`. */
export function createPusherEndpoint(pusher: Pusher, stop: () => void): Endpoint {
  return {
    name: 'pusher',
    endings,
    kindOf,
    accept(wire) {
      const found = find(wire, pusher)
      return found instanceof Promise ? acceptLater(wire, pusher, found) : admit(wire, pusher, found)
    },
    stop,
  }
}

/** An app, and how many connections it has on other nodes. */
type Found = { readonly app: FoundApp; readonly elsewhere: number }

function find(wire: Wire, pusher: Pusher): Found | Promise<Found> {
  const look = (app: FoundApp): Found | Promise<Found> => {
    const elsewhere = app && app !== 'unavailable' ? pusher.elsewhere.of(app) : 0
    if (elsewhere instanceof Promise) return elsewhere.then((count) => ({ app, elsewhere: count }))
    return { app, elsewhere }
  }
  const app = pusher.apps.byKey(wire.request.params['key'] ?? '')
  return app instanceof Promise ? app.then(look) : look(app)
}

/** Frames of either direction. */
function kindOf(frame: Frame): FrameKind {
  const parsed = typeof frame === 'string' ? parseFrame(frame) : undefined
  if (!parsed) return { type: '', channels: [] }
  const { event, channel = event.startsWith('pusher') ? dataOf(parsed)['channel'] : undefined } = parsed
  return { type: event, channels: typeof channel === 'string' ? [channel] : [] }
}

/** Nothing is read until it is known whose app it is. */
function acceptLater(wire: Wire, pusher: Pusher, found: Promise<Found>): WireHandler {
  let handler: WireHandler | undefined
  let isOver = false
  wire.pause()
  found
    .then((app) => {
      if (isOver) return
      handler = admit(wire, pusher, app)
      // Closed before there was whom to tell.
      if (isOver) handler.over(1006, '')
      else wire.resume()
    })
    .catch((error: unknown) => pusher.hooks.crash(error, 'endpoint pusher'))
  return {
    frame: (frame) => handler?.frame(frame),
    over(code, reason) {
      isOver = true
      handler?.over(code, reason)
    },
    drain: (windowMs) => handler?.drain?.(windowMs),
    ending: (cause) => handler?.ending?.(cause),
    about: () => handler?.about?.() ?? {},
  }
}

/** Clients come back after a while. */
const UNAVAILABLE: Word = { code: 4100, message: 'The app cannot be looked up now', after: 'close' }

function admit(wire: Wire, pusher: Pusher, { app, elsewhere }: Found): WireHandler {
  if (app === 'unavailable') {
    speak(wire, UNAVAILABLE, dialects[pusher.dialect])
    return { frame() {}, over() {} }
  }
  const traits = app?.settings.traits ?? dialects[pusher.dialect]
  const word = app ? refusalOf(wire, app, elsewhere) : traits.unknownApp
  if (!word && app) return new PusherConnection(wire, pusher, app)
  if (word) {
    const reason = `${word.code}`
    pusher.tally.count('refusals', { endpoint: 'pusher', what: 'connection', reason })
    speak(wire, word, traits)
  }
  if (word?.after !== 'stay' || !app) return { frame() {}, over() {} }
  // Nothing else is ever said on it.
  return { frame() {}, over: pusher.clock.after(app.settings.limits.silenceMs, () => wire.close()) }
}

/** In the order in which soketi looks. */
function refusalOf(wire: Wire, app: AppState, elsewhere: number): Word | undefined {
  const { query, headers } = wire.request
  const { enabled, maxConnections, traits } = app.settings
  if (!enabled) return traits.disabledApp
  if (app.connections.size + elsewhere >= maxConnections) return traits.full
  if (!app.mayConnect(headers.origin, headers.host)) return traits.origin
  // Whoever names no protocol means this one.
  const protocol = query.get('protocol') ?? '7'
  if (!/^\d+$/.test(protocol)) return { code: 4006, message: 'Invalid version string format', after: 'close' }
  return protocol === '7'
    ? undefined
    : { code: 4007, message: 'Unsupported protocol version', after: 'close' }
}
