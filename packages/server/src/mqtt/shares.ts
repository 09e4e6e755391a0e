import { toMatched } from '@org/realtime-mqtt/codec'
import type { Message as Told } from '../adapter.ts'
import type { Clock } from '../clock.ts'
import type { Message } from './message.ts'
import { encodeNews, type Sharing } from './news.ts'
import type { Routes } from './routes.ts'
import { ShareTable } from './share-table.ts'
import { TopicTree } from './topic-tree.ts'

interface SharesNeeds {
  /** The name of this node. */
  readonly own: string
  readonly routes: Routes
  readonly clock: Clock
  /** Tells all nodes; not while Redis is away. */
  readonly tell: (told: Told) => Promise<void>
  readonly pass: (filter: string, message: Message) => void
}

/**
 * Shared subscriptions over all nodes. Who shares a filter is told between what is published, so at every message
 * all nodes know the same and come to the same node for it.
 */
export class Shares {
  readonly #needs: SharesNeeds
  readonly #table = new ShareTable()
  /** Filters that are shared here. */
  readonly #own = new Set<string>()
  /** Filters that nobody shares here any more, until all nodes know. */
  readonly #left = new Set<string>()

  constructor(needs: SharesNeeds) {
    this.#needs = needs
  }

  changed(filter: string): Promise<void> {
    const count = this.#needs.routes.sharing(filter)
    const [into, from] = count ? [this.#own, this.#left] : [this.#left, this.#own]
    into.add(filter)
    from.delete(filter)
    return this.#tell(filter, this.#needs.own, count)
  }

  hear({ filter, node, count }: Sharing, from: string | undefined): void {
    const { own, routes } = this.#needs
    this.#table.set(filter, node, count)
    if (node !== own) return
    const here = routes.sharing(filter)
    if (!count) this.#left.delete(filter)
    // Another has taken this node for dead.
    if (from !== own && here !== count) void this.changed(filter)
  }

  /** What all know of this node may have been lost, or have changed meanwhile. */
  tellAgain(): void {
    const { own, routes } = this.#needs
    for (const filter of new Set([...this.#own, ...this.#left, ...this.#table.of(own)]))
      if (routes.sharing(filter) !== this.#table.count(filter, own)) void this.changed(filter)
  }

  clear(): void {
    this.#table.clear()
  }

  /** It is known what all nodes share, some of which are not there any more. */
  loaded(nodes: ReadonlySet<string>): void {
    for (const node of this.#table.nodes) if (!nodes.has(node)) this.gone(node)
    this.tellAgain()
  }

  gone(node: string): void {
    if (node === this.#needs.own) return
    for (const filter of this.#table.of(node)) void this.#tell(filter, node, 0)
  }

  route(message: Message, off: number): void {
    this.#needs.routes.route(message, (filter) => this.#isOurs(filter, off))
    for (const filter of this.#left)
      if (this.#isOurs(filter, off) && matches(filter, message.topic)) this.#needs.pass(filter, message)
  }

  /** For one who shares the filter. */
  take(filter: string, message: Message, off: number): void {
    if (!this.#isOurs(filter, off)) return
    if (!this.#needs.routes.toMember(filter, message)) this.#needs.pass(filter, message)
  }

  #isOurs(filter: string, off: number): boolean {
    return this.#table.pick(filter, off) === this.#needs.own
  }

  #tell(filter: string, node: string, count: number): Promise<void> {
    const { own, clock, tell } = this.#needs
    return tell({ ...encodeNews({ kind: 'share', filter, node, count }, clock), from: own })
  }
}

function matches(filter: string, topic: string): boolean {
  const tree = new TopicTree<true>()
  tree.set(toMatched(filter), true)
  return tree.matching(topic).length > 0
}
