import type { Position, Stored, StoreState, Message as Told } from '../adapter.ts'
import type { Context } from '../core.ts'
import { ServerError } from '../errors.ts'
import type { Subscriber } from '../hub.ts'
import { randomId } from '../ids.ts'
import { MQTT_CHANNEL } from '../names.ts'
import { Backlog } from './backlog.ts'
import type { Message } from './message.ts'
import { decodeNews, encodeNews, type News } from './news.ts'
import type { Routes } from './routes.ts'
import { Shares } from './shares.ts'

export interface ExchangeNeeds {
  readonly context: Context
  readonly routes: Routes
  /** What came to this node from whichever. */
  readonly keep: (message: Message) => void
  /** What was published is lost for this node, at least in part. */
  readonly lost: () => void
}

/** How a message is taken that must not be lost. */
export interface Taking {
  /** Names it beside others: of the same name one is taken. */
  readonly id?: string | undefined
  /** Whether somebody waits for it; otherwise it is refused while Redis is away. */
  readonly isWanted?: () => boolean
}

/** What holds already: the newest of each key, and which nodes there are. */
interface Held {
  readonly values: readonly Stored[]
  readonly nodes: ReadonlySet<string>
}

/**
 * What nodes tell each other of MQTT: everything that is published, and who shares which filter, in one channel, so
 * in one order for all of them. Each node hears all of it, its own too, and routes it to its sessions.
 */
export class Exchange implements Subscriber {
  /** The name of this node. */
  readonly holder = randomId(9)
  readonly user = ''
  readonly #needs: ExchangeNeeds
  readonly #backlog: Backlog
  readonly #shares: Shares
  /** What was heard last. */
  #at: Position | undefined
  /** What is heard while it is read what holds before it. */
  #held: Stored[] | undefined
  #isLoaded = false
  #turn = 0
  readonly #stopHearing: () => void

  constructor(needs: ExchangeNeeds) {
    this.#needs = needs
    const { hub, adapter, hooks } = needs.context
    this.#backlog = new Backlog(adapter)
    this.#shares = new Shares({
      own: this.holder,
      routes: needs.routes,
      tell: async (told) => {
        if (!adapter.isAway) await adapter.append(MQTT_CHANNEL, told).catch(this.#unlessAway)
      },
      pass: (filter, message) => this.pass(filter, message),
    })
    hub.attach(MQTT_CHANNEL, this)
    this.#enter()
    this.#stopHearing = hooks.on('store', (state) => this.#changed(state))
  }

  /** QoS 0 stays on this node while Redis is away; all else resolves when Redis has it. */
  async publish(message: Message, { id, isWanted }: Taking): Promise<boolean> {
    const { adapter } = this.#needs.context
    const told = this.#toTold({ kind: 'publish', message }, id)
    if (!message.qos) await adapter.tell(MQTT_CHANNEL, told).catch(this.#unlessAway)
    else if (isWanted) return this.#backlog.append(told, isWanted)
    else await adapter.append(MQTT_CHANNEL, told)
    return true
  }

  /** To somebody who shares a filter, on whichever node. */
  pass(filter: string, message: Message): void {
    const told = this.#toTold({ kind: 'pass', filter, message })
    this.#backlog.append(told, () => true).catch((error: unknown) => this.#crash(error))
  }

  /** How many share a filter here has changed; resolves when all nodes will know of it. */
  share(filter: string): Promise<void> {
    return this.#shares.changed(filter)
  }

  stop(): void {
    this.#stopHearing()
    this.#needs.context.hub.detach(MQTT_CHANNEL, this)
  }

  message(stored: Stored): void {
    if (stored.isAlone) return this.#hearAlone(stored)
    if (this.#at && this.#at.epoch !== stored.epoch) this.#begin(stored)
    this.#at = { epoch: stored.epoch, off: stored.off }
    if (this.#held) this.#held.push(stored)
    else this.#hear(stored)
  }

  moved(position: Position): void {
    const { epoch, off } = this.#at ?? {}
    // Nothing but what was heard of this node alone is between.
    if (epoch !== position.epoch || off !== position.off) this.#begin(position)
  }

  joined(): void {}

  left(node: string): void {
    this.#shares.gone(node)
  }

  putOut(): void {}

  #enter(): void {
    const { adapter } = this.#needs.context
    adapter
      .enter(MQTT_CHANNEL, this.holder, { id: this.holder })
      .catch((error: unknown) => this.#crash(error))
  }

  #changed({ isAway }: StoreState): void {
    if (isAway) return
    this.#backlog.goOn()
    if (this.#isLoaded) this.#shares.tellAgain()
    else this.#load()
  }

  /** What comes now does not follow what was heard last. */
  #begin(position: Position): void {
    this.#at = { epoch: position.epoch, off: position.off }
    this.#needs.lost()
    this.#load()
  }

  #load(): void {
    const turn = ++this.#turn
    this.#isLoaded = false
    this.#held ??= []
    this.#read().then(
      (values) => turn === this.#turn && this.#goOn(values),
      (error: unknown) => {
        this.#unlessAway(error)
        // Once Redis is back it is read again.
        if (turn === this.#turn) this.#goOn(undefined)
      },
    )
  }

  async #read(): Promise<Held> {
    const { adapter } = this.#needs.context
    const { epoch, off } = await adapter.read(MQTT_CHANNEL)
    this.#at ??= { epoch, off }
    const values = (await adapter.values?.(MQTT_CHANNEL)) ?? []
    const members = await adapter.members(MQTT_CHANNEL)
    return { values, nodes: new Set(members.map(({ id }) => id)) }
  }

  #goOn(read: Held | undefined): void {
    const held = this.#held ?? []
    this.#held = undefined
    this.#isLoaded = read !== undefined
    const known = new Map(read?.values.map((value) => [value.key, value]))
    if (read) {
      this.#shares.clear()
      for (const value of read.values) this.#keep(value)
    }
    for (const stored of held) {
      const newest = stored.key === undefined ? undefined : known.get(stored.key)
      this.#hear(stored, newest?.epoch === stored.epoch && newest.off >= stored.off)
    }
    if (read) this.#shares.loaded(read.nodes)
  }

  /** One of what holds at the beginning. */
  #keep(value: Stored): void {
    const news = decodeNews(value, this.#needs.context.clock)
    if (news?.kind === 'share') this.#shares.hear(news, value.from)
  }

  /** @param isKnown what it says to hold holds, or something newer */
  #hear(stored: Stored, isKnown = false): void {
    const news = decodeNews(stored, this.#needs.context.clock)
    if (news?.kind === 'share') {
      if (!isKnown) this.#shares.hear(news, stored.from)
    } else if (news?.kind === 'pass') this.#shares.take(news.filter, news.message, stored.off)
    else if (news) {
      if (!isKnown) this.#needs.keep(news.message)
      this.#shares.route(news.message, stored.off)
    }
  }

  /** Nobody else hears it, and it is kept nowhere. */
  #hearAlone(stored: Stored): void {
    const news = decodeNews(stored, this.#needs.context.clock)
    if (news?.kind === 'publish') this.#needs.routes.route(news.message)
  }

  #toTold(news: Exclude<News, { kind: 'share' }>, id?: string): Told {
    const { from } = news.message
    return {
      ...encodeNews(news, this.#needs.context.clock),
      ...(from !== undefined && { from }),
      ...(id !== undefined && { id }),
    }
  }

  readonly #unlessAway = (error: unknown): void => {
    if (!ServerError.is(error, 'store.away')) this.#crash(error)
  }

  #crash(error: unknown): void {
    this.#needs.context.hooks.crash(error, 'MQTT between nodes')
  }
}
