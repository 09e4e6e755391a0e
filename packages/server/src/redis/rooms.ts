import type { AdapterEvents, Entered, Member } from '../adapter.ts'
import type { Clock } from '../clock.ts'
import type { MembersLimits } from '../members.ts'
import { ignoreAway } from '../unless-away.ts'
import { encodeJoined, type MemberChange } from './format.ts'
import type { Keys } from './keys.ts'
import { addRoomScript, removeRoomScript } from './node-scripts.ts'
import type { RedisLink } from './redis-link.ts'
import type { Reply } from './redis-session.ts'
import { Room, tell } from './room.ts'
import { toField, toMembers, toSnapshot } from './room-replies.ts'
import { enterScript, leaveScript, membersScript } from './room-scripts.ts'

interface RoomsNeeds {
  readonly link: RedisLink
  readonly keys: Keys
  readonly limits: MembersLimits
  readonly events: AdapterEvents
  readonly isWatched: (channel: string) => boolean
  readonly isHeard: (channel: string) => Promise<void>
  readonly clock: Clock
  readonly leaseMs: number
  readonly crash: (error: unknown, where: string) => void
}

interface Hold {
  readonly holder: string
  readonly member: Member
}

/** One room and what this node wants of it. */
interface Place {
  readonly room: Room
  readonly holds: Map<string, Hold>
  /** Whether Redis knows that this node has members here. */
  isListed: boolean
  /** What is done about a room is done one after the other. */
  tail: Promise<unknown>
  waiting: number
}

type Answer = 'with members' | 'without members'
type Put = readonly [outcome: number, version: Buffer, members: readonly Buffer[]]

/** Members, and their bytes. */
type Limits = readonly [most: number, mostBytes: number]

const NO_LIMIT = Number.MAX_SAFE_INTEGER

/** Members of channels. While Redis is away, they are those that this node knows of. */
export class Rooms {
  readonly #needs: RoomsNeeds
  readonly #places = new Map<string, Place>()
  #node = ''
  #cancelSettle = (): void => {}

  constructor(needs: RoomsNeeds) {
    this.#needs = needs
  }

  enter(channel: string, holder: string, member: Member, most?: number): Promise<Entered | undefined> {
    const hold: Hold = { holder, member }
    return this.#run(channel, async (place) => {
      place.holds.set(toField(hold), hold)
      const { members, membersBytes } = this.#needs.limits
      const limits = [Math.min(most ?? members, members), membersBytes] as const
      const entered = await this.#orHere(
        () => this.#enter(channel, place, hold, limits),
        () => this.#enterHere(place, hold, limits),
      )
      if (!entered) place.holds.delete(toField(hold))
      return entered
    })
  }

  leave(channel: string, holder: string, id: string): Promise<boolean> {
    return this.#run(channel, async (place) => {
      const field = toField({ holder, member: { id } })
      if (!place.holds.delete(field)) return false
      return this.#orHere(
        () => this.#leave(channel, place, field, id),
        () => {
          if ([...place.holds.values()].some(({ member }) => member.id === id)) return false
          place.room.leaveHere(id)
          return true
        },
      )
    })
  }

  members(channel: string): Promise<readonly Member[]> {
    return this.#run(channel, ({ room }) =>
      this.#orHere(
        () => this.#look(channel, room),
        () => room.members,
      ),
    )
  }

  hear(channel: string, change: MemberChange): void {
    const place = this.#places.get(channel)
    if (place) place.room.hear(change)
    else tell(channel, this.#needs.events, change)
  }

  /** Nobody listens to it here any more. */
  unwatch(channel: string): void {
    this.#places.get(channel)?.room.forget()
    this.#tidy(channel)
  }

  away(): void {
    this.#cancelSettle()
    for (const { room } of this.#places.values()) room.lose()
  }

  /** Enters by another name of this node everything that it holds. */
  async up(node: string): Promise<void> {
    this.#node = node
    const { clock, leaseMs } = this.#needs
    this.#cancelSettle = clock.after(leaseMs, () => this.#all(({ room }) => room.settle()))
    await this.#all(() => {})
  }

  async #all(first: (place: Place) => void): Promise<void> {
    const again = (channel: string): Promise<void> =>
      this.#run(channel, (place) => {
        first(place)
        return this.#again(channel, place)
      })
    await Promise.all([...this.#places.keys()].map(again))
  }

  async #again(channel: string, place: Place): Promise<void> {
    place.isListed = false
    try {
      const limits = [NO_LIMIT, NO_LIMIT] as const
      if (place.holds.size) await this.#list(channel, place)
      await Promise.all(
        [...place.holds.values()].map((hold) => this.#put(channel, hold, limits, 'without members')),
      )
      if (this.#needs.isWatched(channel)) await this.#look(channel, place.room)
    } catch (error) {
      // The next session does it again.
      this.#needs.crash(error, `entering ${channel} again`)
    }
  }

  async #look(channel: string, room: Room): Promise<readonly Member[]> {
    const { isWatched, isHeard } = this.#needs
    const isKept = isWatched(channel)
    if (isKept) await isHeard(channel)
    const [version, all] = (await this.#call(membersScript, channel, [])) as [Buffer, readonly Buffer[]]
    const fresh = toSnapshot(version, all)
    if (isKept && isWatched(channel)) room.set(fresh)
    return toMembers(fresh)
  }

  /** Before it has members there, so that whoever finds this node dead finds them. */
  async #list(channel: string, place: Place): Promise<void> {
    const { keys, link } = this.#needs
    if (!place.isListed) await link.call(addRoomScript, [keys.rooms(this.#node)], [channel])
    place.isListed = true
  }

  async #enter(channel: string, place: Place, hold: Hold, limits: Limits): Promise<Entered | undefined> {
    const { isHeard, isWatched } = this.#needs
    const isKept = isWatched(channel)
    if (isKept) await isHeard(channel)
    await this.#list(channel, place)
    const [outcome, version, all] = await this.#put(channel, hold, limits, 'with members')
    if (outcome === 0) return undefined
    const fresh = toSnapshot(version, all)
    const isNew = outcome === 2
    if (isKept && isWatched(channel)) place.room.set(fresh, { ...hold, isNew })
    return { members: toMembers(fresh), isNew }
  }

  async #put(channel: string, hold: Hold, [most, mostBytes]: Limits, answer: Answer): Promise<Put> {
    const { holder, member } = hold
    const text = JSON.stringify(member)
    // With the comma behind it.
    const bytes = Buffer.byteLength(text) + 1
    const name = this.#needs.keys.name(channel)
    const told = encodeJoined({ member, holder })
    const isAsked = Number(answer === 'with members')
    const args = [toField(hold), member.id, text, bytes, most, mostBytes, name, told, isAsked]
    return (await this.#call(enterScript, channel, args)) as Put
  }

  #enterHere({ room }: Place, { holder, member }: Hold, [most]: Limits): Entered | undefined {
    const isNew = !room.has(member.id)
    if (isNew && room.members.length >= most) return undefined
    room.enterHere(member, holder)
    return { members: room.members, isNew }
  }

  async #leave(channel: string, place: Place, field: string, id: string): Promise<boolean> {
    const { keys, link } = this.#needs
    const version = (await this.#call(leaveScript, channel, [field, keys.name(channel)])) as Buffer
    if (!place.holds.size && place.isListed) {
      place.isListed = false
      await link.call(removeRoomScript, [keys.rooms(this.#node)], [channel])
    }
    if (version.length === 0) return false
    place.room.hear({ kind: 'left', version: Number(version), id })
    return true
  }

  #call(script: typeof enterScript, channel: string, args: readonly (string | number)[]): Promise<Reply> {
    const { link, keys } = this.#needs
    return link.call(script, keys.room(channel, this.#node), args)
  }

  /** What is under way when Redis goes away is done again when it is back, so it is not carried out twice. */
  async #orHere<T>(there: () => Promise<T>, here: () => T): Promise<T> {
    if (!this.#needs.link.session) return here()
    try {
      return await there()
    } catch (error) {
      ignoreAway(error)
      return here()
    }
  }

  #run<T>(channel: string, task: (place: Place) => Promise<T>): Promise<T> {
    const place = this.#places.get(channel) ?? this.#open(channel)
    place.waiting++
    const result = place.tail.then(() => task(place))
    const done = (): void => {
      place.waiting--
      this.#tidy(channel)
    }
    place.tail = result.then(done, done)
    return result
  }

  #open(channel: string): Place {
    const room = new Room(channel, this.#needs.events)
    const place: Place = { room, holds: new Map(), isListed: false, tail: Promise.resolve(), waiting: 0 }
    this.#places.set(channel, place)
    return place
  }

  #tidy(channel: string): void {
    const place = this.#places.get(channel)
    if (!place || place.waiting || place.holds.size || this.#needs.isWatched(channel)) return
    this.#places.delete(channel)
  }
}
