import type { WirePresence } from '@org/realtime-pusher/codec'
import type { Member, Stored } from '../adapter.ts'
import type { Denial } from '../authorize.ts'
import type { Subscriber } from '../hub.ts'
import type { PusherConnection } from './connection.ts'
import type { Traits } from './dialect.ts'

/** What the wire calls a member: an id that may be a number, and an info that may be missing. */
interface WireMember {
  readonly user_id: string | number
  readonly user_info?: unknown
}

/** As many changes wait for the answer to a join. */
const MOST_HELD = 10_000

/** One channel of one connection, from its join on. */
export class Subscription implements Subscriber {
  readonly channel: string
  readonly member: Member | undefined
  readonly #connection: PusherConnection
  /** What came before the join was answered. */
  #held: (() => void)[] | undefined = []
  /** Members that the client knows of, while what was held is told. */
  #told: Set<string> | undefined
  isOver = false

  constructor(channel: string, member: Member | undefined, connection: PusherConnection) {
    this.channel = channel
    this.member = member
    this.#connection = connection
  }

  get holder(): string {
    return this.#connection.socketId
  }

  get user(): string {
    return this.member?.id ?? this.#connection.about().user ?? ''
  }

  get isJoined(): boolean {
    return this.#held === undefined
  }

  /** The join is answered: what came meanwhile follows, as far as the answer did not have it. */
  start(members: readonly Member[]): void {
    const held = this.#held ?? []
    this.#held = undefined
    this.#told = new Set(members.map(({ id }) => id))
    for (const tell of held) tell()
    this.#told = undefined
  }

  message(stored: Stored): void {
    if (stored.from === this.#connection.socketId) return
    this.#tell(() => this.#connection.deliver(this.channel, stored))
  }

  moved(): void {}

  joined(member: Member): void {
    if (!this.member) return
    this.#tell(() => {
      if (this.#told?.has(member.id)) return
      this.#told?.add(member.id)
      const data = member.info as WireMember
      this.#connection.send({ event: 'pusher_internal:member_added', channel: this.channel, data })
    })
  }

  left(id: string): void {
    if (!this.member) return
    this.#tell(() => {
      if (this.#told?.delete(id) === false) return
      const data = { user_id: id }
      this.#connection.send({ event: 'pusher_internal:member_removed', channel: this.channel, data })
    })
  }

  putOut({ message }: Denial): void {
    this.#connection.putOut(this, message)
  }

  #tell(tell: () => void): void {
    if (this.isOver) return
    if (!this.#held) tell()
    else if (this.#held.push(tell) > MOST_HELD)
      this.#connection.end({ code: 4100, message: 'Over capacity', after: 'close' })
  }
}

/** All members as the answer to a join tells them. soketi leaves out whom nothing is known of. */
export function toPresence(members: readonly Member[], { name }: Traits): WirePresence {
  const all = members.map(({ info }) => info as WireMember)
  const shown = name === 'soketi' ? all.filter(({ user_info }) => user_info !== undefined) : all
  return {
    ids: all.map(({ user_id }) => user_id),
    hash: Object.fromEntries(shown.map(({ user_id, user_info = null }) => [user_id, user_info])),
    count: all.length,
  }
}
