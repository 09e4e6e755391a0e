import { dataOf, parseFrame } from '@org/realtime-pusher/codec'
import type { Endpoint, Frame, FrameKind, Wire, WireHandler } from '../wire.ts'
import type { FoundApp } from './apps.ts'
import { PusherConnection, speak } from './connection.ts'
import { dialects, type Traits, type Word } from './dialect.ts'
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
      const found = pusher.apps.byKey(wire.request.params['key'] ?? '')
      return found instanceof Promise ? acceptLater(wire, pusher, found) : admit(wire, pusher, found)
    },
    stop,
  }
}

/** Frames of either direction. */
function kindOf(frame: Frame): FrameKind {
  const parsed = typeof frame === 'string' ? parseFrame(frame) : undefined
  if (!parsed) return { type: '', channels: [] }
  const { event, channel = event.startsWith('pusher') ? dataOf(parsed)['channel'] : undefined } = parsed
  return { type: event, channels: typeof channel === 'string' ? [channel] : [] }
}

/** Nothing is read until it is known whose app it is. */
function acceptLater(wire: Wire, pusher: Pusher, found: Promise<FoundApp>): WireHandler {
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

function admit(wire: Wire, pusher: Pusher, found: FoundApp): WireHandler {
  if (found === 'unavailable') {
    speak(wire, UNAVAILABLE, dialects[pusher.dialect])
    return { frame() {}, over() {} }
  }
  const app = found
  const traits = app?.settings.traits ?? dialects[pusher.dialect]
  const word = refusalOf(wire, app, traits)
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
function refusalOf(wire: Wire, app: Exclude<FoundApp, 'unavailable'>, traits: Traits): Word | undefined {
  const { query, headers } = wire.request
  if (!app) return traits.unknownApp
  const { enabled, maxConnections } = app.settings
  if (!enabled) return traits.disabledApp
  if (app.connections.size >= maxConnections) return traits.full
  if (!app.mayConnect(headers.origin, headers.host)) return traits.origin
  // Whoever names no protocol means this one.
  const protocol = query.get('protocol') ?? '7'
  if (!/^\d+$/.test(protocol)) return { code: 4006, message: 'Invalid version string format', after: 'close' }
  return protocol === '7'
    ? undefined
    : { code: 4007, message: 'Unsupported protocol version', after: 'close' }
}
