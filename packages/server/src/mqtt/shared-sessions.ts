import type { Position, Stored } from '../adapter.ts'
import type { User } from '../authenticate.ts'
import { isDenial } from '../authorize.ts'
import type { Context } from '../core.ts'
import { MQTT_CHANNEL, MQTT_SESSIONS } from '../names.ts'
import { Turns } from '../turns.ts'
import { ignoreAway } from '../unless-away.ts'
import type { Exchange } from './exchange.ts'
import { reasons } from './reasons.ts'
import type { Session } from './session.ts'
import { parseRecord, type SessionRecord } from './session-record.ts'
import { isOverdue, SessionWrites } from './session-writes.ts'

/** The sessions of this node, as far as other nodes may come to have them. */
export interface SessionHome {
  readonly sessions: ReadonlySet<Session>
  has(client: string): boolean
  /** Takes in one whose client is not here, with what was published since. */
  arrive(record: SessionRecord, missed: readonly Stored[]): void
  /**
   * Lets go of one that another node has, or is to have: its connection ends for that reason.
   * @param isTaken another node has its will already
   */
  letGo(client: string, reason: number, isTaken: boolean): Session | undefined
  /** It is over for that reason: whoever comes back begins a new one. */
  putOut(session: Session, reason: number, sentence: string): void
}

interface SharedSessionsNeeds {
  readonly context: Context
  readonly exchange: Exchange
  readonly home: SessionHome
}

/** As often another node may come before this one. */
const TRIES = 5
const ROUND_MS = 1000
const RELEASE = 'mqtt.release'
const WHERE = 'sessions of MQTT'

interface Release {
  readonly client: string
  readonly node: string
}

/**
 * Sessions over all nodes. Redis has a record of each, with the node that has it at work. Another node that its
 * client comes to asks for it, or takes it from a node that does not answer, and those of a node that is gone are
 * shared out; what was published since a record was written is read again.
 */
export class SharedSessions {
  readonly #needs: SharedSessionsNeeds
  readonly #writes: SessionWrites
  /** Sessions that are on their way here. */
  readonly #arrivals = new Turns<boolean>()
  #cancelRound = (): void => {}
  #isStopped = false

  constructor(needs: SharedSessionsNeeds) {
    this.#needs = needs
    const { context, exchange, home } = needs
    this.#writes = new SessionWrites({
      context,
      node: exchange.holder,
      at: () => exchange.at,
      ask: (client, node) => this.#ask(client, node),
      isHere: (session) => home.sessions.has(session),
      taken: (client, isLater) => void home.letGo(client, isLater ? reasons.takenOver : reasons.failed, true),
      refused: (session) =>
        home.putOut(session, reasons.badClientId, 'Another user has this client identifier'),
    })
    context.hub.onAsked(RELEASE, (question) => this.#release(question as Release))
    this.#roundLater()
  }

  /** Brings the session of a client here, if it is elsewhere; gives the reason why not. */
  async fetch(client: string, user: User): Promise<number | undefined> {
    const { adapter } = this.#needs.context
    try {
      for (let tries = 0; tries < TRIES; tries++) {
        if (adapter.isAway) return undefined
        await this.#arrivals.last(client)
        const found = await this.#writes.find(client)
        const { record } = found ?? {}
        if (!found || !record) return undefined
        if (record.node === this.#needs.exchange.holder) {
          await this.#arrivals.last(client)
          // Otherwise it was to come here, and Redis went away meanwhile.
          if (this.#needs.home.has(client) || this.#writes.isForgotten(client)) return undefined
          if (record.user.id === user.id) await this.#take(record, found.stored)
          return undefined
        }
        if (record.user.id !== user.id) return reasons.badClientId
        if (record.node && (await this.#ask(client, record.node))) continue
        if (await this.#take(record, found.stored)) return undefined
      }
      return reasons.unavailable
    } catch (error) {
      // It goes on with what is here.
      ignoreAway(error)
      return undefined
    }
  }

  /** Resolves when other nodes would find it as it is; at once while Redis is away. */
  save(session: Session): Promise<void> {
    return this.#writes.save(session)
  }

  /** It is over. */
  forget(session: Session): void {
    this.#writes.forget(session.client)
  }

  /** Takes in sessions of nodes that are gone. */
  adopt(): void {
    // While Redis is away it waits, or another node does it.
    this.#adopt().catch((error: unknown) => this.#needs.context.hooks.crashUnlessAway(error, WHERE))
  }

  /** Positions may have been lost, or records. */
  mistrust(): void {
    this.#writes.mistrust()
  }

  /** Writes what is not written yet, for other nodes to take. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancelRound()
    await this.#writes.round(this.#needs.home.sessions)
  }

  #roundLater(): void {
    this.#cancelRound = this.#needs.context.clock.after(ROUND_MS, () => {
      this.#writes
        .round(this.#needs.home.sessions)
        .catch((error: unknown) => this.#needs.context.hooks.crash(error, WHERE))
        .finally(() => {
          if (!this.#isStopped) this.#roundLater()
        })
    })
  }

  async #adopt(): Promise<void> {
    const { adapter } = this.#needs.context
    const values = (await adapter.values?.(MQTT_SESSIONS)) ?? []
    const nodes = new Set((await adapter.members(MQTT_CHANNEL)).map(({ id }) => id))
    nodes.add(this.#needs.exchange.holder)
    const left = values.flatMap((stored) => {
      const record = parseRecord(stored)
      return record && !nodes.has(record.node) ? [{ record, stored }] : []
    })
    // Other nodes do the same, and begin elsewhere.
    const start = Math.floor(Math.random() * left.length)
    for (const { record, stored } of [...left.slice(start), ...left.slice(0, start)]) {
      if (this.#isStopped) return
      await this.#take(record, stored)
    }
    await this.#writes.forgetRounds(values, nodes)
  }

  /** False when another node was faster. */
  #take(record: SessionRecord, stored: Stored): Promise<boolean> {
    return this.#arrivals.run(record.client, () => this.#bring(record, stored))
  }

  async #bring(record: SessionRecord, stored: Stored): Promise<boolean> {
    const at = await this.#writes.positionOf(record)
    return this.#writes.claim({ ...record, at }, stored, async (claimed) => {
      const isDue = claimed.expiryMs > 0 && !isOverdue(claimed, this.#needs.context.clock)
      const isKept = isDue && (await this.#mayHear(claimed))
      if (isKept && (await this.#arrive(claimed))) return
      if (isKept) this.#needs.context.tally.count('drops', { endpoint: 'mqtt', reason: 'gap' })
      this.#needs.home.arrive({ ...claimed, expiryMs: 0 }, [])
    })
  }

  /** Whether the rules still grant its filters: who was put out meanwhile did not hear of it. */
  async #mayHear({ client, user, filters }: SessionRecord): Promise<boolean> {
    for (const { matched: channel } of filters) {
      const decision = await this.#needs.context.rules.decide(user, { channel, client, want: 'subscribe' })
      if (isDenial(decision) ? decision.refuse !== 'unavailable' : !decision.subscribe) return false
    }
    return true
  }

  /** With what was published until what this node has heard; false when that is not known any more. */
  async #arrive(record: SessionRecord): Promise<boolean> {
    const { exchange, context, home } = this.#needs
    if (!record.filters.some(({ qos }) => qos)) {
      home.arrive(record, [])
      return true
    }
    const all: Stored[] = []
    let after: Position | undefined = record.at
    for (;;) {
      await exchange.caughtUp()
      const { missed, epoch, off } = await context.adapter.read(MQTT_CHANNEL, after)
      if (!missed || !after) return false
      all.push(...missed)
      after = { epoch, off }
      const heard = exchange.at
      if (heard?.epoch !== epoch || heard.off > off) continue
      // Nothing is heard between this look and its arrival.
      home.arrive(
        record,
        all.filter((stored) => stored.off <= heard.off),
      )
      return true
    }
  }

  /** Whether the node has let go of it. */
  async #ask(client: string, node: string): Promise<boolean> {
    const release: Release = { client, node }
    return (await this.#needs.context.adapter.ask(RELEASE, release)).includes(true)
  }

  async #release({ client, node }: Release): Promise<boolean> {
    const { home, exchange } = this.#needs
    const session = node === exchange.holder ? home.letGo(client, reasons.takenOver, false) : undefined
    if (session) await this.#writes.release(session)
    return session !== undefined
  }
}
