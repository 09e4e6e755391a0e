import type { AdapterEvents, Message, Position, Reading, Stored } from '../adapter.ts'
import type { LogLimits } from '../channel-log.ts'
import { randomId } from '../ids.ts'
import {
  appendScript,
  evictScript,
  keepScript,
  lastScript,
  positionScript,
  readScript,
  restartScript,
  valueScript,
  valuesScript,
} from './channel-scripts.ts'
import { decodeMessage, encodeMessage, type MessageChange, parseValue, toStored } from './format.ts'
import type { Keys } from './keys.ts'
import type { RedisLink } from './redis-link.ts'
import { type RedisSession, toAway } from './redis-session.ts'
import { Watch } from './watch.ts'

export interface ChannelsLimits extends LogLimits {
  /** Channels whose history has bounds of its own. */
  readonly histories?: ReadonlyMap<string, HistoryLimits> | undefined
}

type HistoryLimits = Pick<LogLimits['history'], 'messages' | 'bytes' | 'ageMs'>

interface ChannelsNeeds {
  readonly link: RedisLink
  readonly keys: Keys
  readonly limits: ChannelsLimits
  readonly events: AdapterEvents
  readonly crash: (error: unknown, where: string) => void
}

/** A position outlives what it is the position of. */
const LONGER_MS = 3_600_000
/** As many are kept from being forgotten at once. */
const CHUNK = 1000
/** As many are looked at in one turn. */
const LOOKED_AT = 100

/** Positions, history and messages of channels. */
export class Channels {
  readonly #needs: ChannelsNeeds
  readonly #keepMs: number
  readonly #watches = new Map<string, Watch>()
  /** Those that were not looked at yet in this turn. */
  #unseen = new Set<string>()
  /** What messages are counted by while Redis is away: for each time another one. */
  #localEpoch = toLocalEpoch()

  constructor(needs: ChannelsNeeds) {
    this.#needs = needs
    const { history, dedupe } = needs.limits
    this.#keepMs = Math.max(history.ageMs, dedupe.ageMs) + LONGER_MS
  }

  /** How often `keep` has to be called at least. */
  get keepEveryMs(): number {
    return this.#keepMs / 4
  }

  async append(channel: string, message: Message): Promise<Position & { readonly isRepeat: boolean }> {
    const { keys, link, limits } = this.#needs
    const history = this.#historyOf(channel)
    const { dedupe } = limits
    const [epoch, off, isRepeat] = (await link.call(appendScript, keys.log(channel), [
      ...this.#common(channel),
      encodeMessage(message),
      message.id ?? '',
      message.isKept === false ? 0 : 1,
      history.messages,
      history.bytes,
      dedupe.ids,
      dedupe.ageMs,
      keys.name(channel),
      Math.ceil(message.lastMs ?? 0),
      message.key ?? '',
      message.isRemoval ? 1 : 0,
      toPlace(message.instead),
    ])) as [Buffer, number, number]
    return { epoch: epoch.toString(), off, isRepeat: isRepeat === 1 }
  }

  async tell(channel: string, message: Message): Promise<void> {
    if (this.#needs.link.session) await this.append(channel, message)
    else this.#watches.get(channel)?.tellHere(message, this.#localEpoch)
  }

  async read(channel: string, after?: Position): Promise<Reading> {
    const watch = this.#watches.get(channel)
    // Whoever has a place keeps it for when Redis is back.
    if (watch && !after && !this.#needs.link.session) return watch.readHere(this.#localEpoch)
    await watch?.isHeard
    return this.#read(channel, after)
  }

  isWatched(channel: string): boolean {
    return this.#watches.has(channel)
  }

  /** From when on nothing of the channel is missed. */
  async isHeard(channel: string): Promise<void> {
    await this.#watches.get(channel)?.isHeard
  }

  async last(channel: string): Promise<Message | undefined> {
    const { link, keys } = this.#needs
    const found = (await link.call(lastScript, keys.log(channel).slice(4, 5), [])) as Buffer | null
    return found ? decodeMessage(found) : undefined
  }

  async value(channel: string, key: string): Promise<Stored | undefined> {
    const { link, keys } = this.#needs
    const found = (await link.call(valueScript, keys.log(channel).slice(5), [key])) as Buffer | null
    return found ? parseValue(found) : undefined
  }

  async values(channel: string): Promise<readonly Stored[]> {
    const { link, keys } = this.#needs
    // One that is moved while it is read may come twice.
    const found = new Map<string, Stored>()
    let cursor = '0'
    do {
      const reply = await link.call(valuesScript, keys.log(channel).slice(5), [cursor])
      const [next, fields] = reply as [Buffer, readonly Buffer[]]
      for (let at = 0; at < fields.length; at += 2)
        found.set(`${fields[at]}`, parseValue(fields[at + 1] as Buffer))
      cursor = next.toString()
    } while (cursor !== '0')
    return [...found.values()]
  }

  watch(channel: string): void {
    const { link, events, crash } = this.#needs
    const watch = new Watch(channel, { events, crash, read: (after) => this.#read(channel, after) })
    this.#watches.set(channel, watch)
    const { session } = link
    watch.follow(session ? session.subscribe([this.#needs.keys.name(channel)]) : Promise.reject(toAway('')))
  }

  unwatch(channel: string): void {
    this.#watches.get(channel)?.stop()
    this.#watches.delete(channel)
    this.#needs.link.session?.unsubscribe(this.#needs.keys.name(channel))
  }

  async evict(channel: string): Promise<void> {
    const { keys, link } = this.#needs
    await link.call(evictScript, keys.log(channel), this.#common(channel))
  }

  async restart(channel: string): Promise<void> {
    const { keys, link } = this.#needs
    await link.call(restartScript, keys.log(channel), [...this.#common(channel), keys.name(channel)])
  }

  hear(channel: string, heard: MessageChange): void {
    const watch = this.#watches.get(channel)
    if (heard.kind === 'moved') watch?.moved(heard)
    else watch?.heard(toStored(heard.epoch, heard.off, heard.body))
  }

  /** Hears all channels by a new session; what was missed meanwhile is told once it is up. */
  async prepare(session: RedisSession): Promise<void> {
    const names = [...this.#watches.keys()].map(this.#needs.keys.name)
    for (const watch of this.#watches.values()) watch.hold()
    for (let start = 0; start < names.length; start += CHUNK)
      await session.subscribe(names.slice(start, start + CHUNK))
    this.#prepared = new Set(this.#watches.values())
  }

  #prepared: ReadonlySet<Watch> = new Set()

  up(session: RedisSession): void {
    for (const [channel, watch] of this.#watches) {
      // One that came while others were prepared.
      const isHeard = this.#prepared.has(watch)
      watch.follow(isHeard ? Promise.resolve() : session.subscribe([this.#needs.keys.name(channel)]))
    }
    this.#prepared = new Set()
  }

  away(): void {
    this.#localEpoch = toLocalEpoch()
  }

  /**
   * Finds what was lost on its way to this node, in some of the channels, and the next time in others. Nodes of a
   * cluster pass on what they hear as long as they reach each other; what comes next would show a hole, if it came.
   */
  async look(): Promise<void> {
    const { link, keys } = this.#needs
    const some = [...this.#unseen].slice(0, LOOKED_AT)
    if (!some.length) this.#unseen = new Set(this.#watches.keys())
    const look = async (channel: string): Promise<void> => {
      this.#unseen.delete(channel)
      const [epoch, off] = (await link.call(positionScript, [keys.at(channel)], [])) as (Buffer | null)[]
      if (epoch && off) this.#watches.get(channel)?.lookAt({ epoch: `${epoch}`, off: Number(off) })
    }
    await Promise.all(some.map(look))
  }

  /** Keeps what is watched from being forgotten. */
  async keep(): Promise<void> {
    const { link, keys } = this.#needs
    const channels = [...this.#watches.keys()]
    for (let start = 0; start < channels.length; start += CHUNK) {
      const some = channels.slice(start, start + CHUNK)
      await Promise.all(some.map((channel) => link.call(keepScript, [keys.at(channel)], [this.#keepMs])))
    }
  }

  async #read(channel: string, after?: Position): Promise<Reading> {
    const { keys, link } = this.#needs
    const asked = [after?.epoch ?? '', after?.off ?? 0]
    const reply = await link.call(readScript, keys.log(channel), [...this.#common(channel), ...asked])
    const [epoch, off, isKnown, bodies] = reply as [Buffer, number, number, readonly Buffer[]]
    const position = { epoch: epoch.toString(), off }
    const toMissed = (body: Buffer, index: number): Stored =>
      toStored(position.epoch, off - bodies.length + index + 1, body)
    return { ...position, missed: isKnown ? bodies.map(toMissed) : undefined }
  }

  #common(channel: string): readonly (string | number)[] {
    const run = this.#needs.link.session?.run ?? ''
    return [run, randomId(6), this.#keepMs, this.#historyOf(channel).ageMs]
  }

  #historyOf(channel: string): HistoryLimits {
    const { histories, history } = this.#needs.limits
    return histories?.get(channel) ?? history
  }
}

const toPlace = (instead: Message['instead']): string =>
  typeof instead === 'object' ? `${instead.epoch} ${instead.off}` : (instead ?? '')

const toLocalEpoch = (): string => `alone-${randomId(6)}`
