import { isShared, type Qos } from '@org/realtime-mqtt/codec'
import type { Clock } from '../clock.ts'
import type { Message } from './message.ts'
import type { Outgoing } from './outgoing.ts'
import type { Session } from './session.ts'
import { type Subscription, Subscriptions } from './subscriptions.ts'

/** Whether a message for those who share a filter is for one of them on this node. */
export type IsOurs = (filter: string) => boolean

/** Who gets a message on this node. */
export class Routes {
  readonly #clock: Clock
  readonly #subscriptions = new Subscriptions()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(subscription: Subscription): void {
    const { session, filter } = subscription
    this.remove(session.filters.get(filter))
    session.filters.set(filter, subscription)
    session.changes++
    this.#subscriptions.add(subscription)
  }

  remove(subscription: Subscription | undefined): boolean {
    if (!subscription) return false
    this.#subscriptions.remove(subscription)
    subscription.session.changes++
    return subscription.session.filters.delete(subscription.filter)
  }

  /** Nothing more comes to a session, which keeps its filters. */
  leave(session: Session): void {
    for (const subscription of session.filters.values()) this.#subscriptions.remove(subscription)
  }

  /** How many share a filter here. */
  sharing(filter: string): number {
    return this.#subscriptions.sharing(filter)
  }

  route(message: Message, isOurs?: IsOurs): void {
    const { own, groups } = this.#subscriptions.match(message.topic)
    for (const subscriptions of own) deliver(subscriptions, message)
    for (const group of groups) {
      const picked = !isOurs || isOurs(group.filter) ? group.pick() : undefined
      if (picked) deliver([picked], message)
    }
  }

  /** To one of those who share a filter; false when nobody does here. */
  toMember(filter: string, message: Message): boolean {
    const picked = this.#subscriptions.pick(filter)
    if (picked) deliver([picked], message)
    return picked !== undefined
  }

  /** What a member of a shared subscription leaves goes to another one; `elsewhere` when there is none here. */
  passOn({ unfinished }: Outgoing, elsewhere?: (filter: string, message: Message) => void): void {
    for (const { message, shared } of unfinished) {
      if (!shared || message.isOver(this.#clock.now())) continue
      if (!this.toMember(shared, message)) elsewhere?.(shared, message)
    }
  }
}

/** One message to one session, however many of its filters match: at the highest QoS of them. */
function deliver(subscriptions: readonly Subscription[], message: Message): void {
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

export const least = (a: Qos, b: Qos): Qos => Math.min(a, b) as Qos
