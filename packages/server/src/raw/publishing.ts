import type { ClientFrame, Refusal } from '@org/realtime-raw-ws/codec'
import type { Message } from '../adapter.ts'
import { type Decision, isDenial } from '../authorize.ts'
import { toDenial } from '../faults/to-denial.ts'
import { isChannelName, isName } from '../names.ts'
import { isTooLarge } from '../to-message.ts'
import { TokenBucket } from '../token-bucket.ts'
import type { RawConnection } from './connection.ts'
import type { Lanes } from './lanes.ts'
import { toRefusal } from './refusal.ts'
import type { Subscription } from './subscription.ts'

type Pub = ClientFrame & { readonly t: 'pub' }
type Send = ClientFrame & { readonly t: 'send' }

const FORBIDDEN = toRefusal({ refuse: 'forbidden' })
const UNAVAILABLE: Refusal = { code: 'unavailable', message: 'Cannot be taken now', retryMs: 1000 }

/** What one connection publishes and sends. */
export class Publishing {
  readonly #connection: RawConnection
  readonly #lanes: Lanes
  readonly #bucket: TokenBucket

  constructor(connection: RawConnection, lanes: Lanes) {
    this.#connection = connection
    this.#lanes = lanes
    const { options, clock } = connection.raw
    this.#bucket = new TokenBucket(options.publishRate, clock)
  }

  /** `find`: the channel, when it is joined: about that it is decided already. */
  publish(frame: Pub, bytes: number, find: (channel: string) => Subscription | undefined): void {
    const message = this.#toMessage(frame, frame.ch)
    if (!message) return
    this.#lanes.run(frame.ch, bytes, () => {
      const decision = find(frame.ch)?.grant ?? this.#decide(frame.ch)
      return decision instanceof Promise
        ? decision.then((late) => this.#append(frame, message, late, bytes))
        : this.#append(frame, message, decision, bytes)
    })
  }

  /** To a single client. */
  send(frame: Send, bytes: number): void {
    const message = this.#toMessage(frame, frame.to)
    if (message) this.#lanes.run(`@to ${frame.to}`, bytes, () => this.#deliver(frame, message))
  }

  #toMessage(frame: Pub | Send, target: string): Message | undefined {
    const { id, ev: event, data } = frame
    if (!isName(id)) return void this.#connection.refuse('bad-frame', `Frame ${frame.t}: \`id\` is no id`)
    const from = this.#connection.session?.client
    const refusal = this.#check(frame, target)
    if (refusal) return void this.#nack(frame, refusal)
    try {
      const payload = data instanceof Uint8Array ? new Uint8Array(data) : JSON.stringify(data)
      const message = { event, payload, id, ...(from !== undefined && { from }) }
      const { frameBytes } = this.#connection.raw.options.limits
      if (!isTooLarge(target, message, frameBytes)) return message
      return void this.#nack(frame, { code: 'too-large', message: 'It does not fit into a frame' })
    } catch {
      // Nested so deeply that it can be read, but not written.
      return void this.#nack(frame, { code: 'too-large', message: 'It is nested too deeply' })
    }
  }

  #check({ t, ev }: Pub | Send, target: string): Refusal | undefined {
    const isGood = isName(ev) && (t === 'send' || isChannelName(target))
    if (!isGood) return { code: 'bad-name', message: 'A name is against the rules' }
    const retryMs = this.#bucket.take()
    return retryMs ? { code: 'rate-limited', message: 'Too many messages', retryMs } : undefined
  }

  #decide(channel: string): Decision | Promise<Decision> {
    const { session, user, raw } = this.#connection
    if (!session || !user) return { refuse: 'unavailable' }
    return raw.rules.decide(user, { channel, client: session.client, want: 'publish' })
  }

  #append(frame: Pub, message: Message, decision: Decision, bytes: number): void {
    const { id, ch, ack } = frame
    if (isDenial(decision)) return this.#nack(frame, toRefusal(decision))
    if (!decision.publish) return this.#nack(frame, FORBIDDEN)
    const rule = this.#connection.strike('publish', ch)?.rule
    if (rule) return this.#nack(frame, toRefusal(toDenial(rule)))
    this.#connection.raw.faults.recorder.note(this.#connection.wire.id, ch, message)
    const { adapter } = this.#connection.raw
    // What nobody waits for goes on while the store is away.
    const told = ack
      ? adapter.append(ch, message).then(({ off }) => this.#connection.send({ t: 'ack', id, off }))
      : adapter.tell(ch, message)
    const appended = told.catch((error: unknown) => this.#fail(frame, error, `publishing to ${ch}`))
    void this.#lanes.wait(bytes, appended)
  }

  async #deliver(frame: Send, message: Message): Promise<void> {
    const { id, to, ack } = frame
    const { raw, session, user } = this.#connection
    if (!session || !user) return
    const { direct, mode } = raw.options
    const from = { client: session.client, user }
    const isAllowed = direct
      ? await raw.guard('direct', () => direct(from, to), false)
      : mode === 'development'
    if (!isAllowed) return this.#nack(frame, FORBIDDEN)
    const key = `${to} ${id}`
    try {
      const isThere = raw.directs.get(key) ?? (await raw.adapter.direct(to, message))
      if (!isThere) return this.#nack(frame, { code: 'not-found', message: 'No such client is here' })
      raw.directs.set(key, true, raw.clock.now())
      if (ack) this.#connection.send({ t: 'ack', id })
    } catch (error) {
      this.#fail(frame, error, `sending to ${to}`)
    }
  }

  #fail(frame: Pub | Send, error: unknown, where: string): void {
    this.#connection.raw.hooks.crashUnlessAway(error, where)
    this.#nack(frame, UNAVAILABLE)
  }

  #nack(frame: Pub | Send, refusal: Refusal): void {
    const { id, ev } = frame
    const { tally } = this.#connection.raw
    tally.count('refusals', { endpoint: 'raw', what: 'publish', reason: refusal.code })
    const ch = frame.t === 'pub' ? frame.ch : `@${frame.to}`
    this.#connection.send({ t: 'nack', id, ...refusal, ch: shorten(ch), ev: shorten(ev) })
  }
}

const LONGEST_ECHO = 1000

/** A name may be wrong, but its answer must fit into a frame. */
const shorten = (name: string): string => name.slice(0, LONGEST_ECHO)
