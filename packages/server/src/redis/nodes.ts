import type { Clock } from '../clock.ts'
import { ServerError } from '../errors.ts'
import { randomId } from '../ids.ts'
import type { Keys } from './keys.ts'
import { beatScript, countScript, forgetScript, listRoomsScript, removeRoomScript } from './node-scripts.ts'
import type { RedisLink } from './redis-link.ts'
import type { RedisSession } from './redis-session.ts'
import { reapScript } from './room-scripts.ts'

interface NodesNeeds {
  readonly link: RedisLink
  readonly keys: Keys
  readonly clock: Clock
  /** The members of a dead node are gone after so long. */
  readonly leaseMs: number
  readonly crash: (error: unknown, where: string) => void
}

/** Often enough to find within a few seconds that Redis is away. */
const LONGEST_BEAT_MS = 1000

/**
 * Which nodes there are. This one has another name in each session, so what is done about a name that gave no sign
 * in time is never done to members that are there.
 */
export class Nodes {
  readonly #needs: NodesNeeds
  readonly #beatMs: number
  #own = ''
  #cancelBeat = (): void => {}

  constructor(needs: NodesNeeds) {
    this.#needs = needs
    this.#beatMs = Math.min(LONGEST_BEAT_MS, needs.leaseMs / 8)
  }

  get own(): string {
    return this.#own
  }

  /** How many there are beside this one, as of now: one that has just come is among them. */
  async countOthers(): Promise<number> {
    const { link, keys } = this.#needs
    return ((await link.call(countScript, [keys.nodes], [this.#deadMs])) as number) - 1
  }

  async prepare(session: RedisSession): Promise<void> {
    const name = randomId(9)
    await session.call(beatScript, [this.#needs.keys.nodes], [name, this.#deadMs])
    this.#own = name
  }

  up(): void {
    this.#cancelBeat()
    this.#beatLater()
  }

  stop(): void {
    this.#cancelBeat()
  }

  /** Lets go of everything that a node has held. */
  async reap(name: string): Promise<void> {
    const { link, keys } = this.#needs
    const channels = ((await link.call(listRoomsScript, [keys.rooms(name)], [])) as readonly Buffer[]).map(
      String,
    )
    for (const channel of channels) {
      await link.call(reapScript, keys.room(channel, name), [keys.name(channel)])
      await link.call(removeRoomScript, [keys.rooms(name)], [channel])
    }
    await link.call(forgetScript, [keys.nodes], [name])
  }

  /** Its last sign and the beat that finds it dead make up the lease. */
  get #deadMs(): number {
    return this.#needs.leaseMs - 2 * this.#beatMs
  }

  #beatLater(): void {
    this.#cancelBeat = this.#needs.clock.after(this.#beatMs, () => {
      this.#beat().catch((error: unknown) => {
        // `up` begins again.
        if (ServerError.is(error, 'store.away')) return
        this.#needs.crash(error, 'the nodes')
        this.#beatLater()
      })
    })
  }

  async #beat(): Promise<void> {
    const { link, keys } = this.#needs
    const reply = link.call(beatScript, [keys.nodes], [this.#own, this.#deadMs])
    const [answer] = await Promise.all([reply, link.session?.probe()])
    const [isAlive, dead] = answer as [number, readonly Buffer[]]
    if (!isAlive) return link.renew(`this node gave no sign for ${this.#needs.leaseMs} ms`)
    for (const name of dead) await this.reap(`${name}`)
    this.#beatLater()
  }
}
