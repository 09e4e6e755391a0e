import { isShared, type Qos } from '@org/realtime-mqtt/codec'
import type { User } from '../authenticate.ts'
import { type Decision, isDenial } from '../authorize.ts'
import type { Context } from '../core.ts'
import { countDrop } from './counts.ts'
import type { Message } from './message.ts'
import type { MqttSettings } from './mqtt-options.ts'
import { type Dropped, Outgoing } from './outgoing.ts'
import { reasons } from './reasons.ts'
import { type Attached, Session } from './session.ts'
import { createMemoryStore, type Later, type MqttStore } from './store.ts'
import { type Subscription, Subscriptions } from './subscriptions.ts'

/** What a client asks of its session. */
export interface Opening {
  readonly client: string
  readonly user: User
  readonly clean: boolean
  readonly attached: Attached
}

export type Opened = { readonly session: Session; readonly isPresent: boolean } | { readonly refuse: number }

const LOOK_MS = 5

/** Sessions, subscriptions and what is retained: MQTT without its packets. */
export class Broker {
  readonly context: Context
  readonly settings: MqttSettings
  readonly store: MqttStore
  readonly #online = new Map<string, Session>()
  readonly #subscriptions = new Subscriptions()
  /** Those that are not over, whether or not their client is there. */
  readonly sessions = new Set<Session>()
  #isStopped = false

  constructor(context: Context, settings: MqttSettings) {
    this.context = context
    this.settings = settings
    this.store = createMemoryStore({ ...settings, now: context.clock.now })
  }

  /** Goes on with the session of a client, or begins one. Another connection of it is ended. */
  async open({ client, user, clean, attached }: Opening): Promise<Opened> {
    let parked: Session | undefined
    // Another connection of it may be let in while the store looks.
    do {
      const online = this.#online.get(client)
      if (online && online.user.id !== user.id) return { refuse: reasons.badClientId }
      if (online) this.#takeOver(online)
      parked = await this.store.sessions.take(client)
      const isForeign = parked !== undefined && parked.user.id !== user.id
      if (parked && (isForeign || this.#online.has(client))) await this.store.sessions.park(parked)
      if (isForeign) return { refuse: reasons.badClientId }
    } while (this.#online.has(client))
    parked?.cancelEnd?.()
    if (parked && clean) this.#end(parked)
    else if (parked) {
      parked.cancelWill?.()
      parked.user = user
      return { session: this.#begin(parked, attached), isPresent: true }
    }
    if (this.#online.size + this.store.sessions.size >= this.settings.sessions)
      return { refuse: reasons.quota }
    return { session: this.#begin(this.#create(client, user), attached), isPresent: false }
  }

  /** Its connection is over; whether that was said before decides about the will. */
  lost(session: Session): void {
    if (this.#online.get(session.client) !== session) return
    this.#online.delete(session.client)
    session.detach()
    const delayMs = Math.min(session.will?.delayMs ?? 0, session.expiryMs)
    if (!session.expiryMs || this.#isStopped) return this.#end(session)
    if (delayMs && session.will)
      session.cancelWill = this.context.clock.after(delayMs, () => this.#publishWill(session))
    else this.#publishWill(session)
    session.cancelEnd = this.context.clock.after(session.expiryMs, () => void this.#expire(session))
    this.#guard(this.store.sessions.park(session), 'storing a session')
  }

  /** False when it is to be retained, and there is no room. */
  publish(message: Message): Later<boolean> {
    if (!message.retain) return this.#route(message)
    const isKept = this.store.retained.put(message)
    return isKept instanceof Promise
      ? isKept.then((kept) => kept && this.#route(message))
      : isKept && this.#route(message)
  }

  subscribe(subscription: Subscription): void {
    const { session, filter } = subscription
    this.unsubscribe(session, filter)
    session.filters.set(filter, subscription)
    this.#subscriptions.add(subscription)
  }

  unsubscribe(session: Session, filter: string): boolean {
    const subscription = session.filters.get(filter)
    if (subscription) this.#subscriptions.remove(subscription)
    return session.filters.delete(filter)
  }

  /** What is retained under a filter, for who has just subscribed. */
  async sendRetained(subscription: Subscription): Promise<void> {
    const { session, matched, qos, id } = subscription
    const ids = id === undefined ? undefined : [id]
    for (const message of await this.store.retained.under(matched)) {
      if (session.attached?.isFull) await this.#room(session)
      const delivery = { message, qos: least(qos, message.qos), retain: true, ids }
      const run = (): void => session.deliver(delivery)
      if (subscription.hasWildcard) session.hearing.pass(message.topic, run)
      else run()
    }
  }

  /**
   * Puts users out of a filter; tells how many. MQTT cannot say that a subscription is over, so their sessions are:
   * a client comes back, subscribes anew, and hears of it by the rules. They are asked again about topics that come
   * by a wildcard.
   */
  revoke(channel: string, isMeant: (who: { readonly user: string }) => boolean): number {
    const isOut = ({ user, filters }: Session): boolean =>
      isMeant({ user: user.id }) && [...filters.values()].some(({ matched }) => matched === channel)
    const meant = [...this.sessions].filter(isOut)
    for (const session of this.sessions) session.hearing.forget(channel)
    for (const session of meant) {
      session.expiryMs = 0
      if (session.attached) session.attached.end(reasons.administrative, `Put out of ${channel}`)
      else this.#guard(this.#expire(session), 'ending a session')
    }
    return meant.length
  }

  stop(): void {
    this.#isStopped = true
    const parked = this.store.sessions.clear()
    const end = (sessions: readonly Session[]): void => {
      for (const session of sessions) this.#end(session)
    }
    if (parked instanceof Promise) this.#guard(parked.then(end), 'stopping MQTT')
    else end(parked)
  }

  /** Until the client has read some of what it was sent. One that reads nothing is ended by what comes next. */
  async #room({ attached }: Session): Promise<void> {
    const { clock, options } = this.context
    const giveUpAt = clock.now() + options.times.answerMs
    while (attached?.isFull && clock.now() < giveUpAt)
      await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve))
  }

  #create(client: string, user: User): Session {
    const { clock } = this.context
    const { queuedMessages: messages, queuedBytes: bytes, inFlight } = this.settings
    const dropped: Dropped = (why) => countDrop(this.context.tally, why)
    const outgoing = new Outgoing({ clock, messages, bytes, inFlight, dropped })
    const mayHear = (session: Session) => (topic: string) => this.#mayHear(session, topic)
    return new Session({ client, user, outgoing, mayHear })
  }

  #takeOver(session: Session): void {
    session.attached?.end(reasons.takenOver, 'Another connection has taken the session over')
    // One that is not quite let in does not know of its session.
    this.lost(session)
  }

  #begin(session: Session, attached: Attached): Session {
    session.attach(attached)
    this.sessions.add(session)
    this.#online.set(session.client, session)
    return session
  }

  async #expire(session: Session): Promise<void> {
    const parked = await this.store.sessions.take(session.client)
    if (parked) this.#end(parked)
  }

  #end(session: Session): void {
    this.sessions.delete(session)
    session.cancelEnd?.()
    session.cancelWill?.()
    for (const filter of [...session.filters.keys()]) this.unsubscribe(session, filter)
    this.#passOn(session)
    this.#publishWill(session)
  }

  /** What a member of a shared subscription leaves goes to another one. */
  #passOn({ outgoing }: Session): void {
    if (this.#isStopped) return
    for (const { message, shared } of outgoing.unfinished) {
      const heir = shared && this.#subscriptions.pick(shared)
      if (heir && !message.isOver(this.context.clock.now())) this.#deliver([heir], message)
    }
  }

  #publishWill(session: Session): void {
    const { will } = session
    session.will = undefined
    if (will && !this.#isStopped) this.#guard(this.publish(will.message), 'publishing a will')
  }

  #mayHear({ client, user }: Session, channel: string): Later<boolean | undefined> {
    const decision = this.context.rules.decide(user, { channel, client, want: 'subscribe' })
    return decision instanceof Promise ? decision.then(toHearing) : toHearing(decision)
  }

  #route(message: Message): true {
    const { own, groups } = this.#subscriptions.match(message.topic)
    for (const subscriptions of own) this.#deliver(subscriptions, message)
    for (const group of groups) {
      const picked = group.pick()
      if (picked) this.#deliver([picked], message)
    }
    return true
  }

  /** One message to one session, however many of its filters match: at the highest QoS of them. */
  #deliver(subscriptions: readonly Subscription[], message: Message): void {
    const { from } = message
    const all = subscriptions.filter(({ noLocal, session }) => !noLocal || session.client !== from)
    const [first] = all
    if (!first) return
    const { session } = first
    const qos = Math.max(...all.map((each) => each.qos)) as Qos
    const ids = all.flatMap(({ id }) => id ?? [])
    const delivery = {
      message,
      qos: least(qos, message.qos),
      retain: message.retain && all.some(({ retainAsPublished }) => retainAsPublished),
      ids: ids.length ? ids : undefined,
      shared: isShared(first.filter) ? first.filter : undefined,
    }
    if (all.every(({ hasWildcard }) => hasWildcard))
      session.hearing.pass(message.topic, () => session.deliver(delivery))
    else session.deliver(delivery)
  }

  #guard(work: Later<unknown>, where: string): void {
    if (work instanceof Promise) work.catch((error: unknown) => this.context.hooks.crash(error, where))
  }
}

function toHearing(decision: Decision): boolean | undefined {
  if (!isDenial(decision)) return decision.subscribe
  return decision.refuse === 'unavailable' ? undefined : false
}

const least = (a: Qos, b: Qos): Qos => Math.min(a, b) as Qos
