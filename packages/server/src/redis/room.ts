import type { AdapterEvents, Member } from '../adapter.ts'
import type { MemberChange } from './format.ts'

/** A member as Redis has it. What came later has the larger version. */
interface Kept {
  readonly member: Member
  readonly version: number
}

/** All members at one moment. */
export interface Snapshot {
  readonly version: number
  readonly all: readonly Kept[]
}

/** Who has just entered, and for whom. */
export interface Own {
  readonly member: Member
  readonly holder: string
  readonly isNew: boolean
}

/** Who is in one channel, as far as this node knows; whoever listens here is told of each change once. */
export class Room {
  readonly #channel: string
  readonly #events: AdapterEvents
  #members = new Map<string, Kept>()
  /** Undefined while it is not known what happened last. */
  #version: number | undefined
  #isKnown = false
  /** Redis may have forgotten members of other nodes, which come back: whom it does not know is not gone yet. */
  #isSettling = false
  /** What was heard meanwhile. */
  #early: MemberChange[] = []

  constructor(channel: string, events: AdapterEvents) {
    this.#channel = channel
    this.#events = events
  }

  get members(): readonly Member[] {
    return [...this.#members.values()].sort((a, b) => a.version - b.version).map(({ member }) => member)
  }

  has(id: string): boolean {
    return this.#members.has(id)
  }

  hear(change: MemberChange): void {
    if (this.#version === undefined) this.#early.push(change)
    else if (change.version > this.#version) this.#change(change)
  }

  /** `own`: who has just entered. */
  set({ version, all }: Snapshot, own?: Own): void {
    // A later one came before it.
    if (this.#version !== undefined && version < this.#version) return
    const before = this.#members
    this.#members = new Map(all.map((kept) => [kept.member.id, kept]))
    if (this.#isSettling)
      for (const [id, kept] of before) if (!this.#members.has(id)) this.#members.set(id, kept)
    this.#version = version
    const early = this.#early.splice(0)
    if (this.#isKnown) this.#compare(before, own)
    else this.#tellFirst(early, version, own)
    this.#isKnown = true
    for (const change of early) this.hear(change)
  }

  /** Nothing is heard from now on, until the next snapshot. */
  lose(): void {
    this.#version = undefined
    this.#isSettling = this.#isKnown
    this.#early = []
  }

  /** All nodes have had the time to come back. */
  settle(): void {
    this.#isSettling = false
  }

  /** Nobody is there to hear what has changed when it is known again. */
  forget(): void {
    this.#isKnown = false
    this.lose()
  }

  /** Without Redis. */
  enterHere(member: Member, holder: string): void {
    this.#isKnown = true
    if (this.#members.has(member.id)) return
    this.#members.set(member.id, { member, version: Infinity })
    this.#events.joined(this.#channel, member, holder)
  }

  leaveHere(id: string): void {
    if (this.#members.delete(id)) this.#events.left(this.#channel, id)
  }

  #change(change: MemberChange): void {
    this.#version = change.version
    if (change.kind === 'left') return this.leaveHere(change.id)
    const { member, holder, version } = change
    const isThere = this.#members.has(member.id)
    this.#members.set(member.id, { member, version })
    if (!isThere) this.#events.joined(this.#channel, member, holder)
  }

  /** There is nothing to compare with: what has happened is told, and not who was there. */
  #tellFirst(early: readonly MemberChange[], version: number, own: Own | undefined): void {
    const past = early.filter((change) => change.version <= version)
    for (const change of past) tell(this.#channel, this.#events, change)
    const isTold = past.some((change) => change.kind === 'joined' && change.member.id === own?.member.id)
    if (own?.isNew && !isTold) this.#events.joined(this.#channel, own.member, own.holder)
  }

  #compare(before: ReadonlyMap<string, Kept>, own: Own | undefined): void {
    for (const [id, { member }] of before) {
      const now = this.#members.get(id)
      if (!now || JSON.stringify(now.member) !== JSON.stringify(member)) this.#events.left(this.#channel, id)
    }
    for (const [id, { member }] of this.#members) {
      const was = before.get(id)
      if (was && JSON.stringify(was.member) === JSON.stringify(member)) continue
      this.#events.joined(this.#channel, member, own?.member.id === id ? own.holder : '')
    }
  }
}

/** As it was heard, where nobody knows who is there. */
export function tell(channel: string, events: AdapterEvents, change: MemberChange): void {
  if (change.kind === 'left') events.left(channel, change.id)
  else events.joined(channel, change.member, change.holder)
}
