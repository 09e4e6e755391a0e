import { isShared } from '@org/realtime-mqtt/codec'
import type { User } from '../authenticate.ts'
import { type Decision, isDenial } from '../authorize.ts'
import type { Context } from '../core.ts'
import { countDrop } from './counts.ts'
import { Exchange, type Taking } from './exchange.ts'
import type { Message } from './message.ts'
import type { MqttSettings } from './mqtt-options.ts'
import type { OpenConnection } from './open-connection.ts'
import { type Dropped, Outgoing } from './outgoing.ts'
import { reasons } from './reasons.ts'
import { least, Routes } from './routes.ts'
import { type Attached, Session } from './session.ts'
import { createMemoryStore, type Later, type MqttStore } from './store.ts'
import type { Subscription } from './subscriptions.ts'

/** What a client asks of its session. */
export interface Opening {
  readonly client: string
  readonly user: User
  readonly clean: boolean
  readonly attached: Attached
}

export type Opened = { readonly session: Session; readonly isPresent: boolean } | { readonly refuse: number }

/** Who waits until a message is taken. */
export type Publisher = Pick<OpenConnection, 'session' | 'isOver'>

const LOOK_MS = 5

/** Sessions, subscriptions and what is retained: MQTT without its packets. */
export class Broker {
  readonly context: Context
  readonly settings: MqttSettings
  readonly store: MqttStore
  readonly #online = new Map<string, Session>()
  readonly #routes: Routes
  /** Where nodes share what is published. */
  readonly #exchange: Exchange | undefined
  /** Those that are not over, whether or not their client is there. */
  readonly sessions = new Set<Session>()
  #isStopped = false

  constructor(context: Context, settings: MqttSettings) {
    this.context = context
    this.settings = settings
    this.store = createMemoryStore({ ...settings, now: context.clock.now })
    this.#routes = new Routes(context.clock)
    if (context.adapter.values)
      this.#exchange = new Exchange({
        context,
        routes: this.#routes,
        retained: this.store.retained,
        lost: () => this.#endAll(),
      })
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

  /**
   * False when it is to be retained, and there is no room. Later where nodes share what is published.
   * @param by the client that has sent it, with its packet id
   */
  publish(message: Message, by?: Publisher, id?: number): Later<boolean> {
    if (message.retain && !this.store.retained.fits(message)) return false
    if (this.#exchange) return this.#exchange.publish(message, by ? toTaking(message, by, id) : {})
    if (message.retain) this.store.retained.put(message)
    this.#routes.route(message)
    return true
  }

  /** Where nodes share what is published: when all of it is here that was taken before. */
  caughtUp(): Promise<void> | undefined {
    return this.#exchange?.caughtUp()
  }

  /** Later where others have to know of it first. */
  subscribe(subscription: Subscription): Later<void> {
    this.#routes.add(subscription)
    if (isShared(subscription.filter)) return this.#exchange?.share(subscription.filter)
  }

  unsubscribe(session: Session, filter: string): boolean {
    const isOver = this.#routes.remove(session.filters.get(filter))
    if (isOver && isShared(filter)) void this.#exchange?.share(filter)
    return isOver
  }

  /** What is retained under a filter, for who has just subscribed. */
  async sendRetained(subscription: Subscription): Promise<void> {
    const { session, matched, qos, id } = subscription
    const ids = id === undefined ? undefined : [id]
    for (const message of this.store.retained.under(matched)) {
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
    for (const session of meant) this.#putOut(session, `Put out of ${channel}`)
    return meant.length
  }

  stop(): void {
    this.#isStopped = true
    for (const session of this.store.sessions.clear()) this.#end(session)
    this.#exchange?.stop()
  }

  /** What was published is lost: sessions that were to hear it for certain end, which tells their clients. */
  #endAll(): void {
    for (const session of this.sessions) {
      if (![...session.filters.values()].some(({ qos }) => qos)) continue
      countDrop(this.context.tally, 'gap')
      this.#putOut(session, 'What other nodes have published is lost')
    }
  }

  /** Its client comes back to a new session. */
  #putOut(session: Session, sentence: string): void {
    session.expiryMs = 0
    if (session.attached) session.attached.end(reasons.administrative, sentence)
    else this.#guard(this.#expire(session), 'ending a session')
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
    if (this.#exchange)
      this.#routes.passOn(session.outgoing, (filter, message) => this.#exchange?.pass(filter, message))
    else if (!this.#isStopped) this.#routes.passOn(session.outgoing)
    this.#publishWill(session)
  }

  #publishWill(session: Session): void {
    const { will } = session
    session.will = undefined
    if (!will || this.#isStopped) return
    this.#guard(this.publish(will.message, { session, isOver: false }), 'publishing a will')
  }

  #mayHear({ client, user }: Session, channel: string): Later<boolean | undefined> {
    const decision = this.context.rules.decide(user, { channel, client, want: 'subscribe' })
    return decision instanceof Promise ? decision.then(toHearing) : toHearing(decision)
  }

  #guard(work: Later<unknown>, where: string): void {
    if (work instanceof Promise) work.catch((error: unknown) => this.context.hooks.crash(error, where))
  }
}

function toHearing(decision: Decision): boolean | undefined {
  if (!isDenial(decision)) return decision.subscribe
  return decision.refuse === 'unavailable' ? undefined : false
}

/** It is taken once, however often a client sends it, and only for as long as the client waits. */
function toTaking({ qos }: Message, by: Publisher, id: number | undefined): Taking {
  const name = qos === 2 && id !== undefined ? by.session.nameOf(id) : undefined
  return { id: name, isWanted: () => !by.isOver }
}
