import { randomInt } from 'node:crypto'
import {
  type ClientFrame,
  parseClientFrame,
  type ServerFrame,
  type WatchlistEvent,
  type WirePresence,
} from '@org/realtime-pusher/codec'
import type { Armed } from '../faults/armed.ts'
import type { FaultMoment } from '../faults/rule.ts'
import type { EndingCause, Frame, Wire, WireHandler } from '../wire.ts'
import type { CachedEvent } from './app-cache.ts'
import type { AppState } from './app-state.ts'
import { Channels } from './channels.ts'
import { ClientEvents } from './client-events.ts'
import { dialects, type Word } from './dialect.ts'
import { encode, encodeEvent } from './frames.ts'
import { type JoinRefusal, MALFORMED, UNAUTHORIZED } from './join-check.ts'
import type { Pusher } from './pusher.ts'
import { Signin } from './signin.ts'
import { Silence } from './silence.ts'
import type { Subscription } from './subscription.ts'

const MOST_SOCKETS = 1_000_000_000

/** One connection of `/app/{key}` that was let in. */
export class PusherConnection implements WireHandler {
  readonly wire: Wire
  readonly pusher: Pusher
  readonly app: AppState
  readonly socketId = `${randomInt(1, MOST_SOCKETS)}.${randomInt(1, MOST_SOCKETS)}`
  readonly channels: Channels
  readonly signin: Signin
  readonly #events: ClientEvents
  readonly #silence: Silence
  #cancelDrain = (): void => {}

  constructor(wire: Wire, pusher: Pusher, app: AppState) {
    this.wire = wire
    this.pusher = pusher
    this.app = app
    this.channels = new Channels(this)
    this.signin = new Signin(this)
    this.#events = new ClientEvents(this)
    this.#silence = new Silence(this)
    app.connections.add(this)
    const activity_timeout = app.settings.limits.activityTimeoutMs / 1000
    this.send({
      event: 'pusher:connection_established',
      data: { socket_id: this.socketId, activity_timeout },
    })
  }

  /** Who is signed in. */
  get user(): Signin['user'] {
    return this.signin.user
  }

  send(frame: ServerFrame): void {
    this.#write(encode(frame, this.app.settings.traits))
  }

  /** Sends an event of the app. */
  deliver(channel: string, event: CachedEvent): void {
    this.#write(encodeEvent(channel, event, this.app.settings.traits.order))
  }

  joined(channel: string, presence: WirePresence | undefined): void {
    this.pusher.tally.count('joins', { endpoint: 'pusher' })
    this.send({
      event: 'pusher_internal:subscription_succeeded',
      channel,
      data: presence ? { presence } : {},
    })
  }

  /** Says that a channel may not be joined, in the words of the dialect. */
  refuse(channel: string, refusal: JoinRefusal): void {
    const reason = `${refusal.status}`
    this.pusher.tally.count('refusals', { endpoint: 'pusher', what: 'join', reason })
    if (this.app.settings.traits.refusals === 'channel')
      return this.send({ event: 'pusher:subscription_error', channel, data: refusal })
    if (refusal === MALFORMED || refusal.status === 4302) return this.misunderstood()
    if (refusal.status === 429) this.complain(4301, 'Rate limit exceeded')
    else this.complain(4009, 'Connection is unauthorized')
  }

  putOut({ channel }: Subscription, error: string | undefined): void {
    this.channels.leave(channel)
    this.refuse(channel, error === undefined ? UNAUTHORIZED : { ...UNAUTHORIZED, error })
  }

  /** Says what was wrong, and goes on. */
  complain(code: number | null, message: string): void {
    this.send({ event: 'pusher:error', data: { code, message } })
  }

  misunderstood(): void {
    const { badFrame } = this.app.settings.traits
    if (badFrame !== 'ignored') this.complain(badFrame.code, badFrame.message)
  }

  watched(events: readonly WatchlistEvent[]): void {
    if (events.length) this.send({ event: 'pusher_internal:watchlist_events', data: { events } })
  }

  end(word: Word): void {
    speak(this.wire, word, this.app.settings.traits)
  }

  strike<A extends FaultMoment>(at: A, ...channels: readonly string[]): Armed<A> | undefined {
    const { faults } = this.pusher
    if (faults.isIdle) return undefined
    return faults.strike(at, { ...this.about(), connection: this.wire.id, endpoint: 'pusher', channels })
  }

  frame(frame: Frame): void {
    this.#silence.heard()
    const { traits, limits } = this.app.settings
    if (traits.tooLarge === 'close' && Buffer.byteLength(frame) > limits.eventBytes)
      return this.wire.close(1009, 'Message too large')
    if (traits.rateCounts === 'frames' && !this.#events.take()) return
    const parsed = parseClientFrame(typeof frame === 'string' ? frame : '')
    if ('bad' in parsed) this.misunderstood()
    else this.#handle(parsed)
  }

  over(): void {
    this.#cancelDrain()
    this.#silence.stop()
    this.signin.stop()
    this.channels.stop()
    this.app.connections.delete(this)
  }

  /** Spread over the time, so that not all come to the next server at once. */
  drain(windowMs: number): void {
    this.#cancelDrain = this.pusher.clock.after(Math.random() * windowMs, () => this.ending('gone'))
  }

  ending(cause: EndingCause): void {
    const { gone } = this.app.settings.traits
    if (cause === 'gone') this.end(gone)
    else if (cause === 'put-out') this.end({ code: 4009, message: 'Put out by the server', after: 'close' })
  }

  about(): { client: string; user?: string; channels: readonly string[] } {
    const { user } = this
    return { client: this.socketId, channels: this.channels.names, ...(user && { user: user.id }) }
  }

  #handle(frame: ClientFrame): void {
    switch (frame.event) {
      case 'pusher:ping':
        return this.send({ event: 'pusher:pong', data: {} })
      case 'pusher:pong':
        return
      case 'pusher:subscribe':
        return this.channels.join(frame.data)
      case 'pusher:unsubscribe':
        return this.channels.leave(frame.data.channel)
      case 'pusher:signin':
        return this.signin.take(frame.data)
      default:
        return this.#events.relay(frame)
    }
  }

  #write(frame: string): void {
    this.#silence.sent()
    this.wire.send(frame)
  }
}

/** Says why, and does what the dialect does then. */
export function speak(wire: Wire, { code, message, after }: Word, traits = dialects.pusher): void {
  wire.send(encode({ event: 'pusher:error', data: { code, message } }, traits))
  if (after === 'close') wire.close(code, message)
  else if (after === 'drop') wire.close()
}
