import {
  type AnyChannel,
  attach,
  type HasMembers,
  type MembersSnapshot,
  type Store,
} from '@org/realtime-core/bind'
import { useKept } from './use-kept.ts'
import { useStore } from './use-store.ts'

/**
 * Who is in a channel, or a part of it: renders again only when that part changes. Servers and the first render
 * after them show nobody.
 * @throws RealtimeError `capability.missing` where the protocol has no presence
 * @example
 * const count = useMembers(desk, ({ list }) => list.length)
 */
export function useMembers<I, T = MembersSnapshot<I>>(
  channel: HasMembers<I> | undefined,
  select?: (members: MembersSnapshot<I>) => T,
): T {
  const store = useKept([channel], () => toStore(channel as Present))
  return useStore(store, select as (members: MembersSnapshot) => T, () => NOBODY)
}

type Present = (HasMembers<unknown> & AnyChannel) | undefined

const NOBODY: MembersSnapshot = { list: [], me: undefined }

const toStore = (channel: Present): Store<MembersSnapshot> => ({
  get: () => channel?.members.get() ?? NOBODY,
  subscribe: (listener) => (channel ? attach(channel, () => channel.members.subscribe(listener)) : () => {}),
})
