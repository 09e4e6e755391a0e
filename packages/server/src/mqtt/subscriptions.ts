import { type FilterRequest, isShared, type Qos, toMatched } from '@org/realtime-mqtt/codec'
import type { Session } from './session.ts'
import { TopicTree } from './topic-tree.ts'

/** One filter of one session, as it was granted. */
export interface Subscription {
  readonly session: Session
  readonly filter: string
  /** What it matches by: of a shared one, what is shared. */
  readonly matched: string
  readonly hasWildcard: boolean
  readonly qos: Qos
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  /** The identifier that its messages carry. */
  readonly id: number | undefined
}

export function toSubscription(
  session: Session,
  request: FilterRequest,
  qos: Qos,
  id: number | undefined,
): Subscription {
  const { filter, noLocal = false, retainAsPublished = false } = request
  const matched = toMatched(filter)
  const hasWildcard = /[+#]/.test(matched)
  return { session, filter, matched, hasWildcard, qos, noLocal, retainAsPublished, id }
}

/** Who shares a filter: each message goes to one of them. */
class Group {
  readonly filter: string
  readonly #members = new Map<Session, Subscription>()
  #order: readonly Subscription[] = []
  #turn = 0

  constructor(filter: string) {
    this.filter = filter
  }

  get size(): number {
    return this.#order.length
  }

  add(subscription: Subscription): void {
    this.#members.set(subscription.session, subscription)
    this.#order = [...this.#members.values()]
  }

  remove(session: Session): void {
    this.#members.delete(session)
    this.#order = [...this.#members.values()]
  }

  /** The next one that is there; if nobody is, the next one. */
  pick(): Subscription | undefined {
    const { length } = this.#order
    const first = this.#turn++ % length
    for (let at = first; at < first + length; at++) {
      const picked = this.#order[at % length]
      if (picked?.session.isUp) return picked
    }
    return this.#order[first]
  }
}

/** What stands at one filter. */
interface Node {
  readonly own: Map<Session, Subscription>
  readonly groups: Map<string, Group>
}

/** Who gets a topic: everybody by session, with all filters of it that match, and one of each group. */
export interface Match {
  readonly own: readonly (readonly Subscription[])[]
  readonly groups: readonly Group[]
}

/** Topics come from outside: what was found for them must not pile up. */
const MOST_KNOWN = 1000
const LONGEST_KNOWN = 256

/** Every subscription of this node. */
export class Subscriptions {
  readonly #tree = new TopicTree<Node>()
  readonly #known = new Map<string, Match>()

  add(subscription: Subscription): void {
    const { session, filter, matched } = subscription
    const node = this.#tree.get(matched) ?? { own: new Map(), groups: new Map() }
    this.#tree.set(matched, node)
    this.#known.clear()
    if (!isShared(filter)) return void node.own.set(session, subscription)
    const group = node.groups.get(filter) ?? new Group(filter)
    node.groups.set(filter, group)
    group.add(subscription)
  }

  remove({ session, filter, matched }: Subscription): void {
    const node = this.#tree.get(matched)
    if (!node) return
    this.#known.clear()
    const group = node.groups.get(filter)
    group?.remove(session)
    if (!group?.size) node.groups.delete(filter)
    if (!isShared(filter)) node.own.delete(session)
    if (!node.own.size && !node.groups.size) this.#tree.set(matched, undefined)
  }

  /** The member of a shared filter whose turn it is. */
  pick(filter: string): Subscription | undefined {
    return this.#tree.get(toMatched(filter))?.groups.get(filter)?.pick()
  }

  /** How many share a filter. */
  sharing(filter: string): number {
    return this.#tree.get(toMatched(filter))?.groups.get(filter)?.size ?? 0
  }

  match(topic: string): Match {
    const known = this.#known.get(topic)
    if (known) return known
    const nodes = this.#tree.matching(topic)
    const bySession = new Map<Session, Subscription[]>()
    for (const subscription of nodes.flatMap(({ own }) => [...own.values()])) {
      const all = bySession.get(subscription.session)
      if (all) all.push(subscription)
      else bySession.set(subscription.session, [subscription])
    }
    const match = {
      own: [...bySession.values()],
      groups: nodes.flatMap(({ groups }) => [...groups.values()]),
    }
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    if (topic.length <= LONGEST_KNOWN) this.#known.set(topic, match)
    return match
  }
}
