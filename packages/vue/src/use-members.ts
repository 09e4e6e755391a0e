import {
  attach,
  type Events,
  type InfoOf,
  type MembersSnapshot,
  type PresenceChannel,
} from '@org/realtime-core/bind'
import type { MaybeRefOrGetter, Ref } from 'vue'
import { useSelected, useStore } from './use-store.ts'

/**
 * Who is in a channel, or a part of it: changes only when that part does. Servers and the first render after them
 * show nobody.
 * @throws RealtimeError `capability.missing` where the protocol has no presence
 * @example
 * const count = useMembers(desk, ({ list }) => list.length)
 */
export function useMembers<V extends Events, T = MembersSnapshot<InfoOf<V>>>(
  channel: MaybeRefOrGetter<PresenceChannel<V> | undefined>,
  select?: (members: MembersSnapshot<InfoOf<V>>) => T,
): Readonly<Ref<T>> {
  const members = useStore<MembersSnapshot>(
    channel,
    (followed) => {
      const { members } = followed as typeof followed & PresenceChannel<never>
      return {
        get: members.get,
        subscribe: (listener) => attach(followed, () => members.subscribe(listener)),
      }
    },
    NOBODY,
  )
  return useSelected(members, { select } as { readonly select: (members: MembersSnapshot) => T })
}

const NOBODY: MembersSnapshot = { list: [], me: undefined }
