import type { Position, Stored, StoreState, Message as Told } from '../adapter.ts'
import { Backlog } from '../backlog.ts'
import type { Context } from '../core.ts'
import type { Subscriber } from '../hub.ts'
import { randomId } from '../ids.ts'
import { MQTT_CHANNEL } from '../names.ts'
import type { Message } from './message.ts'
import { decodeNews, encodeNews, type News } from './news.ts'
import { Progress } from './progress.ts'
import type { Routes } from './routes.ts'
import { SharedRetained } from './shared-retained.ts'
import { Shares } from './shares.ts'
import type { RetainedStore } from './store.ts'
import type { Taking } from './taking.ts'

export interface ExchangeNeeds {
  readonly context: Context
  readonly routes: Routes
  readonly retained: RetainedStore
  /** What was published is lost for this node, at least in part. */
  readonly lost: () => void
  /** Nodes are gone. */
  readonly gone: () => void
}

/** What holds already: the newest of each key, and which nodes there are. */
interface Held {
  readonly epoch: string
  readonly values: readonly Stored[]
  readonly nodes: ReadonlySet<string>
}

const WHERE = 'MQTT between nodes'

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
  readonly #retained: SharedRetained
  readonly #progress: Progress
  /** What is heard while it is read what holds before it. */
  #held: Stored[] | undefined
  #isLoaded = false
  /** The newest reading of what holds, while it goes on. */
  #loading: Promise<void> | undefined
  readonly #stopHearing: () => void

  constructor(needs: ExchangeNeeds) {
    this.#needs = needs
    const { hub, adapter, hooks, clock, options } = needs.context
    const { routes, retained } = needs
    const tell = async (told: Told): Promise<void> => {
      if (!adapter.isAway) await adapter.append(MQTT_CHANNEL, told).catch(this.#unlessAway)
    }
    this.#backlog = new Backlog(adapter, MQTT_CHANNEL)
    this.#progress = new Progress(clock, options.times.answerMs)
    this.#retained = new SharedRetained({ retained, clock, tell, caughtUp: () => this.caughtUp() })
    this.#shares = new Shares({
      own: this.holder,
      routes,
      clock,
      tell,
      pass: (filter, message) => this.pass(filter, message),
    })
    hub.attach(MQTT_CHANNEL, this)
    adapter.enter(MQTT_CHANNEL, this.holder, { id: this.holder }).catch(this.#unlessAway)
    this.#stopHearing = hooks.on('store', (state) => this.#changed(state))
  }

  /** QoS 0 stays on this node while Redis is away; all else resolves when Redis has it. */
  publish(message: Message, taking: Taking): Promise<boolean> {
    return this.#retained.admit(message, taking, () => this.#take(message, taking))
  }

  async #take(message: Message, { id, isWanted }: Taking): Promise<boolean> {
    const { adapter, clock } = this.#needs.context
    const told = { ...encodeNews({ kind: 'publish', message }, clock), ...(id !== undefined && { id }) }
    if (!message.qos) await adapter.tell(MQTT_CHANNEL, told).catch(this.#unlessAway)
    else if (isWanted) return this.#backlog.append(told, isWanted)
    else await adapter.append(MQTT_CHANNEL, told)
    return true
  }

  /** To somebody who shares a filter, on whichever node. */
  pass(filter: string, message: Message): void {
    const told = encodeNews({ kind: 'pass', filter, message }, this.#needs.context.clock)
    this.#backlog.append(told).catch((error: unknown) => this.#crash(error))
  }

  /** How many share a filter here has changed; resolves when all nodes will know of it. */
  share(filter: string): Promise<void> {
    return this.#shares.changed(filter)
  }

  /** How far this node has heard what was published. */
  get at(): Position | undefined {
    return this.#progress.at
  }

  /** Resolves when this node has heard everything that was published before. */
  async caughtUp(): Promise<void> {
    const { adapter } = this.#needs.context
    const position = adapter.isAway ? undefined : await adapter.read(MQTT_CHANNEL).catch(this.#unlessAway)
    while (this.#loading) await this.#loading
    if (position) await this.#progress.reach(position)
  }

  stop(): void {
    this.#stopHearing()
    this.#retained.stop()
    this.#progress.giveUp()
    this.#needs.context.hub.detach(MQTT_CHANNEL, this)
  }

  message(stored: Stored): void {
    if (stored.isAlone) return this.#hearAlone(stored)
    const { at } = this.#progress
    if (at && at.epoch !== stored.epoch) this.#begin(stored)
    if (this.#held) return void this.#held.push(stored)
    this.#hear(stored)
  }

  moved(position: Position): void {
    const { epoch, off } = this.#held?.at(-1) ?? this.#progress.at ?? {}
    // Nothing but what was heard of this node alone is between.
    if (epoch !== position.epoch || off !== position.off) this.#begin(position)
  }

  joined(): void {}

  left(node: string): void {
    if (node === this.holder) return
    this.#shares.gone(node)
    this.#needs.gone()
  }

  putOut(): void {}

  #changed({ isAway }: StoreState): void {
    if (isAway) return this.#progress.giveUp()
    this.#backlog.goOn()
    if (this.#isLoaded) this.#shares.tellAgain()
    else this.#load()
  }

  /** What comes now does not follow what was heard last. */
  #begin(position: Position): void {
    if (this.#isLoaded) this.#retained.missed(this.#progress.at)
    this.#held = undefined
    this.#progress.set(position)
    this.#needs.lost()
    this.#load()
  }

  #load(): void {
    this.#isLoaded = false
    this.#held ??= []
    const loading = this.#read()
      .catch(this.#unlessAway)
      .then((held) => {
        if (loading !== this.#loading) return
        this.#loading = undefined
        // Without it, it is read again once Redis is back.
        this.#goOn(held ?? undefined)
      })
      .catch((error: unknown) => this.#crash(error))
    this.#loading = loading
  }

  async #read(): Promise<Held> {
    const { adapter } = this.#needs.context
    const position = await adapter.read(MQTT_CHANNEL)
    if (!this.#progress.at && !this.#held?.length) this.#progress.set(position)
    const values = (await adapter.values?.(MQTT_CHANNEL)) ?? []
    const members = await adapter.members(MQTT_CHANNEL)
    return { epoch: position.epoch, values, nodes: new Set(members.map(({ id }) => id)) }
  }

  #goOn(read: Held | undefined): void {
    const held = this.#held ?? []
    this.#held = undefined
    this.#isLoaded = read !== undefined
    const known = new Map(read?.values.map((value) => [value.key, value]))
    if (read) this.#keep(read)
    for (const stored of held) {
      const newest = stored.key === undefined ? undefined : known.get(stored.key)
      this.#hear(stored, newest?.epoch === stored.epoch && newest.off >= stored.off)
    }
    if (!read) return
    this.#shares.loaded(read.nodes)
    this.#needs.gone()
  }

  /** What holds at the beginning. */
  #keep({ epoch, values }: Held): void {
    this.#shares.clear()
    const kept: Message[] = []
    for (const value of values) {
      const news = this.#decode(value)
      if (news?.kind === 'share') this.#shares.hear(news, value.from)
      else if (news) kept.push(news.message)
    }
    this.#retained.load(kept, epoch)
  }

  /** @param isKnown what it says to hold holds, or something newer */
  #hear(stored: Stored, isKnown = false): void {
    const news = this.#decode(stored)
    if (news?.kind === 'share') {
      if (!isKnown) this.#shares.hear(news, stored.from)
    } else if (news?.kind === 'pass') this.#shares.take(news.filter, news.message, stored.off)
    else if (news) {
      if (!isKnown) this.#retained.hear(news.message)
      if (news.kind === 'publish') this.#shares.route(news.message, stored.off)
    }
    this.#progress.set(stored)
  }

  #decode(stored: Stored): News | undefined {
    try {
      const news = decodeNews(stored, this.#needs.context.clock)
      if (news && news.kind !== 'share') news.message.place = { epoch: stored.epoch, off: stored.off }
      return news
    } catch (error) {
      this.#crash(error)
      return undefined
    }
  }

  /** Nobody else hears it, and it is kept nowhere. */
  #hearAlone(stored: Stored): void {
    const news = this.#decode(stored)
    if (news?.kind === 'publish') this.#needs.routes.route(news.message)
  }

  readonly #unlessAway = (error: unknown): void => this.#needs.context.hooks.crashUnlessAway(error, WHERE)

  #crash(error: unknown): void {
    this.#needs.context.hooks.crash(error, WHERE)
  }
}
