import {
  createPresence,
  createStore,
  type Link,
  type LinkEvents,
  type Member,
  type MembersStore,
  RealtimeError,
  type Store,
} from '@org/realtime-core/kit'
import type { RakitUser } from './rakit-frames.ts'

/** Who this client is, and who else is in the room: what the newest link of a client was told last. */
export interface Roster {
  readonly id: Store<string | undefined>
  readonly members: MembersStore<RakitUser>
  /** This link was greeted; what older links hear no longer counts. */
  greeted(link: Link, events: LinkEvents, id: string): void
  listed(link: Link, members: readonly Member<RakitUser>[]): void
  /** This link has ended, and the server knows nothing of its id any more. */
  ended(link: Link): void
  /** Nobody is there, as far as is known. */
  forget(link?: Link): void
  /** Asks for the list anew. */
  refresh(): void
}

export function createRoster(): Roster {
  let current: Link | undefined
  let report = (_cause: unknown): void => {}
  const told = (cause: unknown): void => report(cause)
  const id = createStore<string | undefined>(undefined, told)
  const members = createPresence(told)

  return {
    id,
    members: members as MembersStore<RakitUser>,
    greeted(link, events, own) {
      current = link
      report = (cause) =>
        events.error(RealtimeError.from(cause, 'listener.failed', 'Listener of id or members threw', {}))
      id.set(own)
    },
    listed(link, all) {
      const me = id.get()
      if (current === link) members.apply({ all, ...(me !== undefined && { me }) })
    },
    ended(link) {
      if (current !== link) return
      current = undefined
      id.set(undefined)
    },
    forget(link) {
      if ((!link || link === current) && members.get().list.length) members.apply({ all: [] })
    },
    refresh: () => current?.ping?.(),
  }
}
