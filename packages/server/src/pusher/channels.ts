import type { Entered } from '../adapter.ts'
import type { Denial } from '../authorize.ts'
import { JoinFaults } from '../faults/join-faults.ts'
import { TokenBucket } from '../token-bucket.ts'
import type { CachedEvent } from './app-cache.ts'
import { isCache, isPresence, isPrivate, isUserChannel, toUserChannel } from './channel-name.ts'
import type { PusherConnection } from './connection.ts'
import { checkJoin, type JoinRefusal, type JoinRequest, UNAUTHORIZED } from './join-check.ts'
import { Subscription, toPresence } from './subscription.ts'

const NO_ROOM: JoinRefusal = {
  type: 'LimitReached',
  error: 'The maximum members per presence channel limit was reached',
  status: 4100,
}
const UNAVAILABLE: JoinRefusal = { type: 'ServerError', error: 'A server error has occured.', status: 4302 }

/** The channels of one connection. */
export class Channels {
  readonly #connection: PusherConnection
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #faults: JoinFaults
  /** Made for the first join. */
  #bucket: TokenBucket | undefined

  constructor(connection: PusherConnection) {
    this.#connection = connection
    this.#faults = new JoinFaults(connection.pusher.clock)
  }

  get names(): readonly string[] {
    return [...this.#subscriptions.keys()]
  }

  get size(): number {
    return this.#subscriptions.size
  }

  /** Whether it is a member with this id of any of them. */
  hasMember(id: string): boolean {
    return [...this.#subscriptions.values()].some(({ member }) => member?.id === id)
  }

  /** One that has been joined. */
  find(channel: string): Subscription | undefined {
    const found = this.#subscriptions.get(channel)
    return found?.isJoined ? found : undefined
  }

  join(request: JoinRequest): void {
    const { channel } = request
    const { settings } = this.#connection.app
    const refusal = this.#suffer(channel) ?? this.#take()
    const { socketId, user } = this.#connection
    const check = refusal ? { refusal } : checkJoin(request, { app: settings, socketId, user })
    if ('refusal' in check) return this.#connection.refuse(channel, check.refusal)
    if (isPrivate(channel)) this.#connection.signin.excuse()
    const known = this.#subscriptions.get(channel)
    if (known && known.member?.id === check.member?.id) return this.#again(known)
    if (known) this.leave(channel)
    const subscription = this.#attach(channel, new Subscription(channel, check.member, this.#connection))
    if (!subscription) this.#connection.refuse(channel, { ...NO_ROOM, error: 'Too many channels' })
    else if (check.member) void this.#enter(subscription)
    else this.#open(subscription, undefined)
  }

  /** Nothing is said of it. */
  open(user: string): void {
    const channel = toUserChannel(user)
    this.#attach(channel, new Subscription(channel, undefined, this.#connection))?.start([])
  }

  leave(channel: string): void {
    const subscription = this.#subscriptions.get(channel)
    if (!subscription) return
    subscription.isOver = true
    this.#subscriptions.delete(channel)
    const { app, pusher, socketId } = this.#connection
    const hubName = app.toHub(channel)
    pusher.hub.detach(hubName, subscription)
    const { member, isJoined } = subscription
    const tell = (isGone: boolean): void => {
      if (member && isGone && isJoined) app.tell({ name: 'member_removed', channel, user_id: member.id })
      if (isJoined && !isUserChannel(channel)) pusher.occupancy.left(app, channel)
    }
    if (!isUserChannel(channel)) pusher.count(app, channel)
    if (!member) return tell(false)
    const crash = (error: unknown): void => pusher.hooks.crashUnlessAway(error, `leaving ${channel}`)
    pusher.adapter.leave(hubName, socketId, member.id).then(tell, crash)
  }

  /** The connection is over. */
  stop(): void {
    for (const channel of this.names) this.leave(channel)
  }

  /** What a rule of faults makes of it. */
  #suffer(channel: string): JoinRefusal | undefined {
    const armed = this.#connection.strike('join', channel)
    const denial = armed && this.#faults.suffer(armed)
    return denial && toJoinRefusal(denial)
  }

  /** Counts one join; a refusal when it is over the rate. */
  #take(): JoinRefusal | undefined {
    const { options, clock } = this.#connection.pusher
    this.#bucket ??= new TokenBucket(options.subscribeRate, clock)
    return this.#bucket.take() ? toJoinRefusal({ refuse: 'rate-limited' }) : undefined
  }

  #attach(channel: string, subscription: Subscription): Subscription | undefined {
    const { app, pusher } = this.#connection
    const { channelsPerConnection } = pusher.options.limits
    if (this.#subscriptions.size >= channelsPerConnection) return undefined
    if (!pusher.hub.attach(app.toHub(channel), subscription)) return undefined
    this.#subscriptions.set(channel, subscription)
    return subscription
  }

  async #enter(subscription: Subscription): Promise<void> {
    const { channel, member } = subscription
    const { app, pusher, socketId } = this.#connection
    if (!member) return
    let entered: Entered | undefined
    let refusal = NO_ROOM
    try {
      entered = await pusher.adapter.enter(app.toHub(channel), socketId, member, app.settings.limits.members)
    } catch (error) {
      pusher.hooks.crashUnlessAway(error, `joining ${channel}`)
      refusal = UNAVAILABLE
    }
    if (subscription.isOver) return
    if (entered) return this.#open(subscription, entered)
    this.leave(channel)
    this.#connection.refuse(channel, refusal)
  }

  /** Starts at once, where one node is alone: else when nothing is missed any more. */
  #open(subscription: Subscription, entered: Entered | undefined): void {
    const { channel } = subscription
    const { app, pusher } = this.#connection
    const heard = pusher.adapter.heard?.(app.toHub(channel))
    const cached = isCache(channel) ? pusher.recall(app, channel) : undefined
    if (!heard && !(cached instanceof Promise)) return this.#start(subscription, entered, cached)
    void Promise.all([cached, heard]).then(([found]) => {
      if (!subscription.isOver) this.#start(subscription, entered, found)
    })
  }

  #start(subscription: Subscription, entered: Entered | undefined, cached: CachedEvent | undefined): void {
    const { channel, member } = subscription
    const { app, pusher } = this.#connection
    this.#connection.joined(channel, entered && toPresence(entered.members, app.settings.traits))
    pusher.occupancy.joined(app, channel)
    if (member && entered?.isNew) app.tell({ name: 'member_added', channel, user_id: member.id })
    if (isCache(channel)) this.#recall(channel, cached)
    subscription.start(entered?.members ?? [])
    pusher.count(app, channel)
  }

  /** A channel that has been joined is answered as if it were for the first time. */
  #again({ channel, isJoined }: Subscription): void {
    if (!isJoined) return
    const { app, pusher } = this.#connection
    const { traits } = app.settings
    if (!isPresence(channel)) return this.#connection.joined(channel, undefined)
    pusher.adapter.members(app.toHub(channel)).then(
      (members) => this.#connection.joined(channel, toPresence(members, traits)),
      (error: unknown) => pusher.hooks.crashUnlessAway(error, `joining ${channel}`),
    )
  }

  /** The last event of a cache channel. */
  #recall(channel: string, cached: CachedEvent | undefined): void {
    if (cached) return this.#connection.deliver(channel, cached)
    this.#connection.send({ event: 'pusher:cache_miss', channel })
    this.#connection.app.tell({ name: 'cache_miss', channel })
  }
}

const toJoinRefusal = ({ refuse, message }: Denial): JoinRefusal => {
  if (refuse === 'forbidden' || refuse === 'unknown-channel')
    return message === undefined ? UNAUTHORIZED : { ...UNAUTHORIZED, error: message }
  if (refuse === 'unavailable') return UNAVAILABLE
  return { type: 'LimitReached', error: message ?? 'Too many, too fast', status: 429 }
}
