import { isShared } from '@org/realtime-mqtt/codec'
import type { Stored } from '../adapter.ts'
import type { Context } from '../core.ts'
import { countDrop } from './counts.ts'
import { createSession } from './create-session.ts'
import { Exchange } from './exchange.ts'
import type { Message } from './message.ts'
import type { MqttSettings } from './mqtt-options.ts'
import type { Opened, Opening } from './opening.ts'
import { reasons } from './reasons.ts'
import { replay } from './replay.ts'
import { Routes } from './routes.ts'
import type { Attached, Session } from './session.ts'
import { restore, type SessionRecord } from './session-record.ts'
import { type SessionHome, SharedSessions } from './shared-sessions.ts'
import { createMemoryStore, type Later, type MqttStore } from './store.ts'
import type { Subscription } from './subscriptions.ts'
import { type Publisher, toTaking } from './taking.ts'

/** Sessions, subscriptions and what is retained: MQTT without its packets. */
export class Broker implements SessionHome {
  readonly context: Context
  readonly settings: MqttSettings
  readonly store: MqttStore
  readonly #online = new Map<string, Session>()
  readonly #routes: Routes
  /** Where nodes share what is published. */
  readonly #exchange: Exchange | undefined
  readonly #shared: SharedSessions | undefined
  /** Those that are not over, whether or not their client is there. */
  readonly sessions = new Set<Session>()
  #isStopped = false

  constructor(context: Context, settings: MqttSettings) {
    this.context = context
    this.settings = settings
    this.store = createMemoryStore({ ...settings, now: context.clock.now })
    this.#routes = new Routes(context.clock)
    if (!context.adapter.values) return
    const exchange = new Exchange({
      context,
      routes: this.#routes,
      retained: this.store.retained,
      lost: () => this.#endAll(),
      gone: () => this.#shared?.adopt(),
    })
    this.#exchange = exchange
    this.#shared = new SharedSessions({ context, exchange, home: this })
  }

  /** Goes on with the session of a client, or begins one. Another connection of it is ended. */
  async open({ client, user, clean, attached }: Opening): Promise<Opened> {
    const refuse = await this.#shared?.fetch(client, user)
    if (refuse) return { refuse }
    const online = this.#online.get(client)
    if (online && online.user.id !== user.id) return { refuse: reasons.badClientId }
    if (online) this.#disconnect(online, reasons.takenOver)
    const parked = this.store.sessions.take(client)
    if (parked && parked.user.id !== user.id) {
      this.store.sessions.park(parked)
      return { refuse: reasons.badClientId }
    }
    if (parked && clean) this.#end(parked)
    else if (parked) {
      parked.stopTimers()
      parked.user = user
      return { session: this.#begin(parked, attached), isPresent: true }
    }
    if (this.#online.size + this.store.sessions.size >= this.settings.sessions)
      return { refuse: reasons.quota }
    return {
      session: this.#begin(createSession(this.context, this.settings, client, user), attached),
      isPresent: false,
    }
  }

  /** Its connection is over; whether that was said before decides about the will. */
  lost(session: Session): void {
    if (this.#online.get(session.client) !== session) return
    this.#online.delete(session.client)
    if (!session.isUp) session.takeBack()
    session.detach()
    this.#leave(session, session.expiryMs, Math.min(session.will?.delayMs ?? 0, session.expiryMs))
  }

  /** Its client is to be let in: once other nodes can find the session here, or know better. */
  opened(session: Session): Later<void> {
    return this.#shared?.save(session)
  }

  arrive(record: SessionRecord, missed: readonly Stored[]): void {
    if (this.has(record.client)) return
    const { clock } = this.context
    const session = createSession(this.context, this.settings, record.client, record.user)
    restore(session, record, clock)
    const { expiryMs, will, endsAt } = record
    for (const filter of expiryMs ? record.filters : []) void this.#add({ ...filter, session })
    replay(session, missed, clock)
    this.sessions.add(session)
    if (endsAt === undefined) return this.#leave(session, expiryMs, Math.min(will?.delayMs ?? 0, expiryMs))
    this.#leave(session, expiryMs && endsAt - clock.date(), will?.at ? will.at - clock.date() : 0)
  }

  readonly has = (client: string): boolean => this.#online.has(client) || this.store.sessions.has(client)

  letGo(client: string, reason: number, isTaken: boolean): Session | undefined {
    const online = this.#online.get(client)
    if (isTaken) online?.decide({ will: undefined })
    if (online) this.#disconnect(online, reason)
    const session = this.store.sessions.take(client)
    if (!session) return
    session.stopTimers()
    this.sessions.delete(session)
    this.#routes.leave(session)
    for (const filter of session.filters.keys()) if (isShared(filter)) void this.#exchange?.share(filter)
    return session
  }

  putOut(session: Session, reason: number, sentence: string): void {
    session.decide({ expiryMs: 0 })
    if (session.attached) session.attached.end(reason, sentence)
    else this.#expire(session)
  }

  /**
   * False when it is to be retained, and there is no room. Later where nodes share what is published.
   * @param by the client that has sent it, with its packet id
   */
  publish(message: Message, by?: Publisher, id?: number): Later<boolean> {
    if (this.#exchange) return this.#exchange.publish(message, by ? toTaking(message, by, id) : {})
    if (!this.store.retained.fits(message)) return false
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
    const told = this.#add(subscription)
    const { session } = subscription
    if (!this.#shared || !session.expiryMs) return told
    return Promise.all([told, this.#shared.save(session)]).then(() => {})
  }

  unsubscribe(session: Session, filter: string): boolean {
    const isOver = this.#routes.remove(session.filters.get(filter))
    if (isOver && isShared(filter)) void this.#exchange?.share(filter)
    return isOver
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
    for (const session of meant) this.putOut(session, reasons.administrative, `Put out of ${channel}`)
    return meant.length
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    const shared = this.#shared
    for (const session of this.store.sessions.clear()) {
      if (shared) session.stopTimers()
      else this.#end(session)
    }
    await shared?.stop()
    this.#exchange?.stop()
  }

  #add(subscription: Subscription): Promise<void> | undefined {
    this.#routes.add(subscription)
    return isShared(subscription.filter) ? this.#exchange?.share(subscription.filter) : undefined
  }

  /** Its client is away: so long it is kept, and its will waits. */
  #leave(session: Session, keptMs: number, willMs: number): void {
    const { clock } = this.context
    if (keptMs <= 0 || (this.#isStopped && !this.#shared)) return this.#end(session)
    session.changes++
    session.endsAt = clock.date() + keptMs
    if (session.will && willMs > 0) {
      session.willAt = clock.date() + willMs
      session.cancelWill = clock.after(willMs, () => this.#publishWill(session))
    } else this.#publishWill(session)
    session.cancelEnd = clock.after(keptMs, () => this.#expire(session))
    this.store.sessions.park(session)
    void this.#shared?.save(session)
  }

  /** What was published is lost: sessions that were to hear it for certain end, which tells their clients. */
  #endAll(): void {
    this.#shared?.mistrust()
    for (const session of this.sessions) {
      if (![...session.filters.values()].some(({ qos }) => qos)) continue
      countDrop(this.context.tally, 'gap')
      this.putOut(session, reasons.administrative, 'What other nodes have published is lost')
    }
  }

  #disconnect(session: Session, reason: number): void {
    session.attached?.end(reason, 'Another connection has taken the session over')
    // One that is not quite let in does not know of its session.
    this.lost(session)
  }

  #begin(session: Session, attached: Attached): Session {
    session.attach(attached)
    session.openedAt = this.context.clock.date()
    this.sessions.add(session)
    this.#online.set(session.client, session)
    return session
  }

  #expire({ client }: Session): void {
    const parked = this.store.sessions.take(client)
    if (parked) this.#end(parked)
  }

  #end(session: Session): void {
    this.sessions.delete(session)
    session.stopTimers()
    for (const filter of [...session.filters.keys()]) this.unsubscribe(session, filter)
    if (this.#exchange)
      this.#routes.passOn(session.outgoing, (filter, message) => this.#exchange?.pass(filter, message))
    else if (!this.#isStopped) this.#routes.passOn(session.outgoing)
    this.#publishWill(session)
    this.#shared?.forget(session)
  }

  #publishWill(session: Session): void {
    const { will } = session
    session.will = undefined
    session.changes++
    if (!will || this.#isStopped) return
    const published = this.publish(will.message, { session, isOver: false })
    const crash = (error: unknown): void => this.context.hooks.crash(error, 'publishing a will')
    if (published instanceof Promise) published.catch(crash)
  }
}
