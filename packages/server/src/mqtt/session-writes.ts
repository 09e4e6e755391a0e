import type { Position, Stored, Message as Told } from '../adapter.ts'
import type { Clock } from '../clock.ts'
import type { Context } from '../core.ts'
import { MQTT_SESSIONS } from '../names.ts'
import { Turns } from '../turns.ts'
import { ignoreAway } from '../unless-away.ts'
import type { Session } from './session.ts'
import { encodeRecord, keyOf, parseRecord, type SessionRecord, toRecord } from './session-record.ts'

interface SessionWritesNeeds {
  readonly context: Context
  /** The name of this node. */
  readonly node: string
  /** How far it has heard what was published. */
  readonly at: () => Position | undefined
  /** Asks a node to let go of a client. */
  readonly ask: (client: string, node: string) => Promise<boolean>
  readonly isHere: (session: Session) => boolean
  /** Another node has it now; `isLater` when its client came there after it came here. */
  readonly taken: (client: string, isLater: boolean) => void
  /** Another user had a session of this client first. */
  readonly refused: (session: Session) => void
}

/** As of a round all sessions of a node had heard everything until here, unless they were written later. */
interface Round {
  readonly round: number
  readonly at: Position
}

interface Found {
  readonly record: SessionRecord
  readonly stored: Stored
}

const TRIES = 5
/** As many are written at once. */
const CHUNK = 100

const roundKey = (node: string): string => `round ${node}`

/** The records of sessions in Redis. Each is written only over the one that was read or written before. */
export class SessionWrites {
  readonly #needs: SessionWritesNeeds
  readonly #places = new Map<string, Position>()
  /** Clients whose sessions are over, until their records are gone. */
  readonly #forgotten = new Set<string>()
  readonly #turns = new Turns<void>()
  #written = new WeakMap<Session, number>()
  #round = 1
  /** Those that are on their way here: until they are, what is said of a round is not true of them. */
  #arriving = 0

  constructor(needs: SessionWritesNeeds) {
    this.#needs = needs
  }

  async find(client: string): Promise<Found | undefined> {
    const stored = await this.#needs.context.adapter.value?.(MQTT_SESSIONS, keyOf(client))
    const record = stored && parseRecord(stored)
    return record && { record, stored }
  }

  save(session: Session): Promise<void> {
    const { client } = session
    return this.#run(client, async () => {
      const version = versionOf(session)
      const isWritten = this.#written.get(session) === version && this.#places.has(client)
      if (isWritten || !this.#needs.isHere(session)) return
      this.#forgotten.delete(client)
      this.#written.delete(session)
      if (await this.#write(client, () => encodeRecord(this.#toRecord(session)), session))
        this.#written.set(session, version)
    })
  }

  /** Its last state, for whoever takes it. */
  release(session: Session): Promise<void> {
    const told = encodeRecord({ ...this.#toRecord(session), node: '' })
    return this.#run(session.client, async () => {
      await this.#write(session.client, () => told)
      this.#places.delete(session.client)
    })
  }

  isForgotten(client: string): boolean {
    return this.#forgotten.has(client)
  }

  forget(client: string): void {
    this.#forgotten.add(client)
    void this.#run(client, async () => {
      if (!this.#forgotten.has(client)) return
      if (this.#places.has(client)) await this.#write(client, () => toRemoval(keyOf(client)))
      this.#places.delete(client)
      this.#forgotten.delete(client)
    })
  }

  /** Makes one ours that was another's; false when somebody was faster. */
  async claim(
    record: SessionRecord,
    { epoch, off }: Position,
    arrive: (claimed: SessionRecord) => Promise<void>,
  ): Promise<boolean> {
    const claimed = { ...record, node: this.#needs.node, round: this.#round }
    this.#arriving++
    try {
      const place = await this.#append(encodeRecord(claimed), { epoch, off })
      if (place) {
        this.#places.set(record.client, place)
        await arrive(claimed)
      }
      return place !== undefined
    } finally {
      this.#arriving--
    }
  }

  /** Until where everything that was published is in it. */
  async positionOf({ node, at, round }: SessionRecord): Promise<Position | undefined> {
    const stored = node ? await this.#needs.context.adapter.value?.(MQTT_SESSIONS, roundKey(node)) : undefined
    const last = stored && (JSON.parse(`${stored.payload}`) as Round)
    return last && last.round > round ? last.at : at
  }

  mistrust(): void {
    this.#written = new WeakMap()
  }

  /** Writes all that has changed. */
  async round(sessions: Iterable<Session>): Promise<void> {
    const { node, context } = this.#needs
    if (context.adapter.isAway) return
    const at = this.#needs.at()
    const all = [...sessions]
    // What waits for a decision of the rules is nowhere yet.
    const isWhole = this.#arriving === 0 && !all.some(({ hearing }) => hearing.isWaiting)
    const round = ++this.#round
    for (const client of this.#forgotten) this.forget(client)
    const changed = all.filter(
      (session) => this.#written.get(session) !== versionOf(session) || !this.#places.has(session.client),
    )
    for (let start = 0; start < changed.length; start += CHUNK)
      await Promise.all(changed.slice(start, start + CHUNK).map((session) => this.save(session)))
    // A session that could not be written is not where this would say that it is.
    const isWritten = changed.every((session) => this.#written.has(session) || !this.#needs.isHere(session))
    if (!at || !isWhole || !isWritten || context.adapter.isAway) return
    await context.adapter.append(MQTT_SESSIONS, toRoundTold(node, { round, at })).catch(ignoreAway)
  }

  /** What was said of the rounds of nodes that are gone. */
  async forgetRounds(values: readonly Stored[], nodes: ReadonlySet<string>): Promise<void> {
    for (const { key = '', event } of values)
      if (event === 'round' && ![...nodes].some((node) => key === roundKey(node)))
        await this.#needs.context.adapter.append(MQTT_SESSIONS, toRemoval(key)).catch(ignoreAway)
  }

  #toRecord(session: Session): SessionRecord {
    const { node, at, context } = this.#needs
    return toRecord(session, { node, at: at(), round: this.#round }, context.clock)
  }

  /** What is done about one client is done one after the other. Nothing is done while Redis is away. */
  #run(client: string, task: () => Promise<void>): Promise<void> {
    const { adapter, hooks } = this.#needs.context
    return this.#turns.run(client, () =>
      Promise.resolve()
        .then(() => (adapter.isAway ? undefined : task()))
        .catch((error: unknown) => hooks.crashUnlessAway(error, 'writing a session of MQTT')),
    )
  }

  /** False when another node has taken the session. */
  async #write(client: string, make: () => Told, session?: Session): Promise<boolean> {
    const { node, ask, taken, refused } = this.#needs
    const wasOurs = this.#places.has(client)
    let isLater = false
    for (let tries = 0; tries < TRIES; tries++) {
      const before = this.#places.get(client)
      const told = make()
      const place = await this.#append(told, before ?? 'nothing')
      if (place && !told.isRemoval) this.#places.set(client, place)
      if (place) return true
      const found = await this.find(client)
      const foreign = found && found.record.node !== node ? found.record : undefined
      if (session && foreign && !wasOurs && foreign.user.id !== session.user.id) {
        this.#places.delete(client)
        refused(session)
        return false
      }
      const holder = foreign?.node ? foreign : undefined
      isLater = holder !== undefined && holder.openedAt > (session?.openedAt ?? Infinity)
      if (holder && (wasOurs || isLater)) break
      // It came here while Redis was away, or at the same moment as to another node.
      if (holder && (await ask(client, holder.node))) continue
      if (found) this.#places.set(client, found.stored)
      else this.#places.delete(client)
    }
    this.#places.delete(client)
    if (!make().isRemoval) taken(client, isLater)
    return false
  }

  async #append(told: Told, instead: NonNullable<Told['instead']>): Promise<Position | undefined> {
    const { adapter } = this.#needs.context
    const { isRepeat, epoch, off } = await adapter.append(MQTT_SESSIONS, { ...told, instead })
    return isRepeat ? undefined : { epoch, off }
  }
}

const toRemoval = (key: string): Told => ({
  event: 'gone',
  payload: undefined,
  isKept: false,
  key,
  isRemoval: true,
})

const toRoundTold = (node: string, round: Round): Told => ({
  event: 'round',
  payload: JSON.stringify(round),
  isKept: false,
  key: roundKey(node),
})

/** Of one that ends with its connection nothing is written that changes. */
const versionOf = (session: Session): number => (session.expiryMs ? session.version : -1)

export const isOverdue = ({ endsAt }: SessionRecord, clock: Clock): boolean =>
  endsAt !== undefined && endsAt <= clock.date()
