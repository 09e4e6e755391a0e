import { type ClientFrame, type Code, parseClientFrame, type ServerFrame } from '@org/realtime-raw-ws/codec'
import type { User } from '../authenticate.ts'
import type { Denial } from '../authorize.ts'
import type { Armed } from '../faults/armed.ts'
import type { FaultMoment } from '../faults/rule.ts'
import type { Identity } from '../identify.ts'
import type { Ending, Frame, Wire, WireHandler } from '../wire.ts'
import { Credentials } from './credentials.ts'
import { endingOf, endings } from './endings.ts'
import { encode } from './frames.ts'
import { type Denied, greet } from './greeting.ts'
import { Joins } from './joins.ts'
import { Lanes } from './lanes.ts'
import { Publishing } from './publishing.ts'
import type { Raw } from './raw.ts'
import type { Session } from './session.ts'
import type { NamedSession } from './sessions.ts'
import type { Subscription } from './subscription.ts'
import { toWelcome } from './welcome.ts'

/** Before `welcome`, after it, and after the end. */
type Phase =
  | { readonly name: 'waiting' | 'greeting' | 'over' }
  | { readonly name: 'open'; readonly session: Session; user: User }

const WAITING: Phase = { name: 'waiting' }
const GREETING: Phase = { name: 'greeting' }
const OVER: Phase = { name: 'over' }

/** One connection of `/raw`. What only some of them need is made when it is needed: most are idle. */
export class RawConnection implements WireHandler {
  readonly wire: Wire
  readonly raw: Raw
  #phase: Phase = WAITING
  #heardAt: number
  #bad = 0
  #cancelTimer: () => void
  #credentials: Credentials | undefined
  #lanes: Lanes | undefined
  #joins: Joins | undefined
  #publishing: Publishing | undefined

  constructor(wire: Wire, raw: Raw) {
    this.wire = wire
    this.raw = raw
    this.#heardAt = raw.clock.now()
    this.#cancelTimer = raw.clock.after(raw.options.times.helloMs, () => this.end(endings['no-hello']))
  }

  get session(): Session | undefined {
    return this.#phase.name === 'open' ? this.#phase.session : undefined
  }

  get user(): User | undefined {
    return this.#phase.name === 'open' ? this.#phase.user : undefined
  }

  /** With `slowConsumer: 'drop'`: its messages are left out for now. */
  get isSlow(): boolean {
    const { slowConsumer, limits } = this.raw.options
    return slowConsumer === 'drop' && this.wire.bufferedBytes > limits.bufferBytes / 2
  }

  send(frame: ServerFrame): void {
    this.wire.send(encode(frame))
  }

  /** Refuses credentials and ends it. */
  deny(denied: Denied): void {
    if (this.#phase.name === 'over') return
    this.raw.tally.count('refusals', { endpoint: 'raw', what: 'connection', reason: denied.code })
    this.send({ t: 'denied', ...denied })
    this.end(endingOf(denied.code))
  }

  /** Lets in who said hello. */
  open(who: Identity, named: NamedSession): void {
    if (this.#phase.name === 'over') return
    const { sessions, options } = this.raw
    const { session, resumed } = sessions.open(named, who, this)
    const user = who === 'anonymous' ? { id: session.client, isAnonymous: true } : who
    this.#phase = { name: 'open', session, user }
    this.#cancelTimer()
    this.#watchSilence()
    this.send(toWelcome(session, resumed, options, this.strike('welcome')?.rule))
    this.renew(user)
  }

  /** Other credentials of the same user. */
  renew(user: User): void {
    if (this.#phase.name !== 'open') return
    this.#phase.user = user
    if (user.expiresAt !== undefined || this.#credentials) this.#getCredentials().renew(user)
  }

  /** The rule of faults that strikes here and now. */
  strike<A extends FaultMoment>(at: A, ...channels: readonly string[]): Armed<A> | undefined {
    const { faults } = this.raw
    if (faults.isIdle) return undefined
    const { client, user } = this.about()
    return faults.strike(at, { connection: this.wire.id, endpoint: 'raw', client, user, channels })
  }

  end({ code, reason }: Ending): void {
    this.wire.close(code, reason)
  }

  /** Takes it out of a channel that it has joined. */
  putOut(subscription: Subscription, denial: Denial): void {
    this.#joins?.putOut(subscription, denial)
  }

  frame(frame: Frame): void {
    this.#heardAt = this.raw.clock.now()
    const parsed = parseClientFrame(frame)
    if (this.#phase.name === 'open') {
      if ('t' in parsed) this.#handle(parsed, frame.length)
      else this.refuse(parsed.bad, parsed.message)
    } else if (!('t' in parsed)) this.deny({ code: 'bad-frame', message: parsed.message, final: false })
    else if (parsed.t === 'hello' && !isHello(parsed))
      this.deny({
        code: 'bad-frame',
        message: 'Frame hello: `token` and `session` must be text',
        final: false,
      })
    else if (parsed.t !== 'hello' || this.#phase === GREETING)
      this.refuse('too-early', `Nothing but one hello is allowed before welcome: ${parsed.t}`)
    else {
      this.#phase = GREETING
      greet(this, parsed).catch((error: unknown) => this.#crash(error))
    }
  }

  over(): void {
    const phase = this.#phase
    this.#phase = OVER
    this.#cancelTimer()
    this.#credentials?.stop()
    this.#joins?.stop()
    if (phase.name === 'open') this.raw.sessions.lost(phase.session, this)
  }

  drain(windowMs: number): void {
    if (this.session) this.send({ t: 'drain', ms: windowMs })
  }

  later(ms: number): void {
    if (this.session) this.send({ t: 'later', ms })
  }

  expire(inMs: number): void {
    if (inMs && this.user) this.renew({ ...this.user, expiresAt: this.raw.clock.date() + inMs })
    else this.end(endings.expired)
  }

  about(): { client?: string; user?: string; channels?: readonly string[] } {
    if (this.#phase.name !== 'open') return {}
    const { session, user } = this.#phase
    return { client: session.client, user: user.id, channels: this.#joins?.channels ?? [] }
  }

  /** Says that a frame was bad; too many of them end the connection. */
  refuse(code: Code, message: string): void {
    this.send({ t: 'error', code, message })
    if (++this.#bad > this.raw.options.limits.badFrames) this.end(endings.bad)
  }

  #handle(frame: ClientFrame, bytes: number): void {
    switch (frame.t) {
      case 'ping':
        return this.send({ t: 'pong' })
      case 'pub':
        return this.#getPublishing().publish(frame, bytes, (ch) => this.#joins?.find(ch))
      case 'send':
        return this.#getPublishing().send(frame, bytes)
      case 'sub':
        return this.#getJoins().ask(frame.chs, bytes)
      case 'unsub':
        return this.#getJoins().leave(frame.ch, bytes)
      case 'auth':
        return this.#getLanes().run('@auth', bytes, () => this.#getCredentials().present(frame.token))
      case 'bye':
        return this.#bye()
      case 'hello':
        return this.refuse('bad-frame', 'hello was said already')
      default:
        return frame satisfies never
    }
  }

  #bye(): void {
    const { session } = this
    if (session) this.raw.sessions.bye(session, this)
    this.end(endings.bye)
  }

  #getCredentials(): Credentials {
    this.#credentials ??= new Credentials(this)
    return this.#credentials
  }

  #getJoins(): Joins {
    this.#joins ??= new Joins(this, this.#getLanes())
    return this.#joins
  }

  #getPublishing(): Publishing {
    this.#publishing ??= new Publishing(this, this.#getLanes())
    return this.#publishing
  }

  #getLanes(): Lanes {
    this.#lanes ??= new Lanes({
      mostBytes: this.raw.options.limits.frameBytes,
      hold: () => this.wire.pause(),
      release: () => this.wire.resume(),
      crash: (error) => this.#crash(error),
    })
    return this.#lanes
  }

  #crash(error: unknown): void {
    this.raw.hooks.crash(error, 'endpoint raw')
    this.end(endings.crash)
  }

  /** One timer for many frames: it looks when the last one came. */
  #watchSilence(): void {
    const { clock, options } = this.raw
    const { idleMs, answerMs } = options.times
    const left = this.#heardAt + idleMs + answerMs - clock.now()
    if (left <= 0) this.end(endings.silent)
    else this.#cancelTimer = clock.after(left, () => this.#watchSilence())
  }
}

const isHello = ({ token, session }: ClientFrame & { readonly t: 'hello' }): boolean =>
  [token, session].every((text) => text === undefined || typeof text === 'string')
