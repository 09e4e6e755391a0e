import { createListeners, type Report } from './listeners.ts'
import type { MembersChange } from './protocol.ts'

export interface Member<T = unknown> {
  readonly id: string
  readonly info: T
}

export interface MembersSnapshot<T = unknown> {
  readonly list: readonly Member<T>[]
  /** This client's own member, when the protocol tells which it is. */
  readonly me: Member<T> | undefined
}

export interface MembersDiff<T = unknown> {
  readonly joined: readonly Member<T>[]
  readonly left: readonly Member<T>[]
}

/** Who is there, as a store: late listeners read everybody from `get()`. */
export interface MembersStore<T = unknown> {
  get(): MembersSnapshot<T>
  subscribe(listener: (members: MembersSnapshot<T>, diff: MembersDiff<T>) => void): () => void
}

export interface Presence extends MembersStore {
  apply(change: MembersChange): void
}

/**
 * Keeps the members of one channel. A new full list is compared with the old one, so a reconnect
 * reports only who really came and went, and nobody flickers.
 */
export function createPresence(report: Report): Presence {
  const listeners = createListeners<[MembersSnapshot, MembersDiff]>(report)
  let members = new Map<string, Member>()
  let myId: string | undefined
  let snapshot: MembersSnapshot = { list: [], me: undefined }

  const publish = (joined: Member[], left: Member[]): void => {
    snapshot = { list: [...members.values()], me: members.get(myId ?? '') }
    listeners.emit(snapshot, { joined, left })
  }

  return {
    get: () => snapshot,
    subscribe: listeners.add,
    apply(change) {
      const before = members
      if ('all' in change) {
        members = new Map(change.all.map((member) => [member.id, member]))
        // An empty list without one is how a channel is forgotten.
        myId = change.me ?? (change.all.length ? myId : undefined)
        publish(
          change.all.filter((member) => !before.has(member.id)),
          [...before.values()].filter((member) => !members.has(member.id)),
        )
      } else if ('joined' in change) {
        const isNew = !members.has(change.joined.id)
        members.set(change.joined.id, change.joined)
        publish(isNew ? [change.joined] : [], [])
      } else {
        const member = members.get(change.left)
        if (members.delete(change.left)) publish([], member ? [member] : [])
      }
    },
  }
}
