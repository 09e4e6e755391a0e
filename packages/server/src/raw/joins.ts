import type { Refusal, SubRequest } from '@org/realtime-raw-ws/codec'
import type { Member, Position, Stored } from '../adapter.ts'
import { type Denial, type Granted, isDenial } from '../authorize.ts'
import { JoinFaults } from '../faults/join-faults.ts'
import type { Asking } from '../hub.ts'
import { isChannelName } from '../names.ts'
import { TokenBucket } from '../token-bucket.ts'
import type { RawConnection } from './connection.ts'
import type { Lanes } from './lanes.ts'
import { toRefusal } from './refusal.ts'
import { Subscription } from './subscription.ts'

const LOOK_MS = 20

/** The channels of one connection. */
export class Joins {
  readonly #connection: RawConnection
  readonly #lanes: Lanes
  readonly #bucket: TokenBucket
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #joinFaults: JoinFaults

  constructor(connection: RawConnection, lanes: Lanes) {
    this.#connection = connection
    this.#lanes = lanes
    const { options, clock } = connection.raw
    this.#bucket = new TokenBucket(options.subscribeRate, clock)
    this.#joinFaults = new JoinFaults(clock)
  }

  get channels(): readonly string[] {
    return [...this.#subscriptions.keys()]
  }

  find(channel: string): Subscription | undefined {
    return this.#subscriptions.get(channel)
  }

  /** Answers each with `subbed` or `refused`. */
  ask(requests: readonly SubRequest[], bytes: number): void {
    const { limits } = this.#connection.raw.options
    if (!requests.every(isRequest))
      return this.#connection.refuse('bad-frame', 'Frame sub: `chs` must hold { ch, epoch?, off? }')
    if (requests.length > limits.joins)
      return this.#connection.refuse('too-large', `Frame sub: at most ${limits.joins} channels at once`)
    for (const request of requests)
      this.#lanes.run(request.ch, bytes / requests.length, () => this.#join(request))
  }

  leave(channel: string, bytes: number): void {
    this.#lanes.run(channel, bytes, () => {
      this.#leave(this.#subscriptions.get(channel))
      this.#connection.send({ t: 'unsubbed', ch: channel })
    })
  }

  putOut(subscription: Subscription, denial: Denial): void {
    this.#leave(subscription)
    this.#refuse(subscription.channel, toRefusal(denial))
  }

  /** The connection is over. */
  stop(): void {
    for (const subscription of this.#subscriptions.values()) this.#detach(subscription)
    this.#subscriptions.clear()
  }

  async #join({ ch, epoch, off }: SubRequest): Promise<void> {
    const decision = this.#check(ch) ?? (await this.#decide(ch))
    if (!this.#connection.user) return
    const subscription = 'code' in decision ? undefined : this.#attach(ch, decision)
    if (!subscription) {
      this.#leave(this.#subscriptions.get(ch))
      return this.#refuse(ch, 'code' in decision ? decision : TOO_MANY)
    }
    const hasPosition = epoch !== undefined && off !== undefined && subscription.grant.history
    await this.#start(subscription, hasPosition ? { epoch, off } : undefined).catch((error: unknown) => {
      this.#connection.raw.hooks.crashUnlessAway(error, `joining ${ch}`)
      this.#giveUp(subscription, UNAVAILABLE)
    })
  }

  #check(channel: string): Refusal | undefined {
    if (!isChannelName(channel)) return { code: 'bad-name', message: 'The name is against the rules' }
    const fault = this.#suffer(channel)
    if (fault) return fault
    const retryMs = this.#bucket.take()
    return retryMs ? { code: 'rate-limited', message: 'Too many joins', retryMs } : undefined
  }

  /** What a rule of faults makes of it. */
  #suffer(channel: string): Refusal | undefined {
    const armed = this.#connection.strike('join', channel)
    if (!armed) return undefined
    const denial = this.#joinFaults.suffer(armed)
    return denial && toRefusal(denial)
  }

  async #decide(channel: string): Promise<Granted | Refusal> {
    const { session, user, raw } = this.#connection
    if (!session || !user) return UNAVAILABLE
    const asking: Asking = { user: user.id }
    const answered = raw.hub.asks(channel, asking)
    const decision = await raw.rules.decide(user, { channel, client: session.client, want: 'subscribe' })
    answered()
    // It was decided by what held before.
    if (asking.denial) return toRefusal(asking.denial)
    if (isDenial(decision)) return toRefusal(decision)
    return decision.subscribe ? decision : toRefusal({ refuse: 'forbidden' })
  }

  /** Takes the place of an earlier one of the same channel. Undefined when there is no room. */
  #attach(channel: string, grant: Granted): Subscription | undefined {
    const earlier = this.#subscriptions.get(channel)
    const { hub, options } = this.#connection.raw
    // Not before the rule was asked: many may be asked at once.
    if (!earlier && this.#subscriptions.size >= options.limits.channelsPerConnection) return undefined
    if (earlier && !grant.presence) this.#leave(earlier)
    else if (earlier) this.#detach(earlier)
    const subscription = new Subscription(channel, grant, this.#connection)
    if (!hub.attach(channel, subscription)) return undefined
    this.#subscriptions.set(channel, subscription)
    return subscription
  }

  async #start(subscription: Subscription, after: Position | undefined): Promise<void> {
    const { channel, grant } = subscription
    const { raw } = this.#connection
    const reading = await raw.adapter.read(channel, after)
    const members = grant.presence ? await this.#enter(subscription, grant.presence) : undefined
    if (grant.presence && !members) return this.#giveUp(subscription, TOO_MANY_MEMBERS)
    await this.#room()
    if (subscription.isOver) return
    const isRecovered = after !== undefined && reading.missed !== undefined
    const { epoch, off } = isRecovered ? after : reading
    subscription.startAt({ epoch, off })
    const presence = members && { members, me: subscription.user }
    raw.tally.count('joins', { endpoint: 'raw' })
    this.#connection.send({ t: 'subbed', ch: channel, epoch, off, recovered: isRecovered, ...presence })
    await this.#catchUp(subscription, reading.missed ?? [])
  }

  /** Undefined when there is no room for the member. */
  async #enter(
    { channel, user: id }: Subscription,
    { info }: Exclude<Granted['presence'], false>,
  ): Promise<readonly Member[] | undefined> {
    const { session, raw } = this.#connection
    const member = info === undefined ? { id } : { id, info }
    const isLarge = Buffer.byteLength(JSON.stringify(member)) > raw.options.limits.memberBytes
    if (!session || isLarge) return undefined
    raw.sessions.hold(session, channel, this.#connection)
    return (await raw.adapter.enter(channel, session.client, member))?.members
  }

  /** Sends what was missed and what came meanwhile, no faster than it is read. */
  async #catchUp(subscription: Subscription, missed: readonly Stored[]): Promise<void> {
    for (const stored of missed) {
      if (this.#isCongested) await this.#room()
      subscription.deliver(stored)
    }
    while (subscription.sendHeld()) if (this.#isCongested) await this.#room()
  }

  #giveUp(subscription: Subscription, refusal: Refusal): void {
    if (subscription.isOver) return
    this.#leave(subscription)
    this.#refuse(subscription.channel, refusal)
  }

  #leave(subscription: Subscription | undefined): void {
    if (!subscription) return
    const { session, raw } = this.#connection
    this.#detach(subscription)
    this.#subscriptions.delete(subscription.channel)
    if (session && subscription.grant.presence)
      raw.sessions.letGo(session, subscription.channel, this.#connection)
  }

  #detach(subscription: Subscription): void {
    subscription.stop()
    this.#connection.raw.hub.detach(subscription.channel, subscription)
  }

  #refuse(ch: string, refusal: Refusal): void {
    const { tally } = this.#connection.raw
    tally.count('refusals', { endpoint: 'raw', what: 'join', reason: refusal.code })
    this.#connection.send({ t: 'refused', ch, ...refusal })
  }

  get #isCongested(): boolean {
    const { raw, wire } = this.#connection
    return wire.bufferedBytes > raw.options.limits.bufferBytes / 4
  }

  async #room(): Promise<void> {
    while (this.#isCongested && this.#connection.user)
      await new Promise<void>((resolve) => this.#connection.raw.clock.after(LOOK_MS, resolve))
  }
}

const UNAVAILABLE: Refusal = { code: 'unavailable', message: 'Cannot be joined now', retryMs: 1000 }
const TOO_MANY: Refusal = { code: 'limit', message: 'Too many channels' }
const TOO_MANY_MEMBERS: Refusal = { code: 'limit', message: 'Too many members, or too large a member' }

const LONGEST_ECHO = 1000

/** The name goes back in the answer, so it may be wrong, but not without end. */
const isRequest = (request: unknown): request is SubRequest => {
  const { ch, epoch, off } = Object(request) as Partial<Record<keyof SubRequest, unknown>>
  if (typeof ch !== 'string' || ch.length > LONGEST_ECHO) return false
  const hasNone = epoch === undefined && off === undefined
  return hasNone || (typeof epoch === 'string' && Number.isSafeInteger(off) && (off as number) >= 0)
}
