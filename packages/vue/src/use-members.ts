import { attach, type HasMembers, type MembersSnapshot } from '@org/realtime-core/bind'
import type { MaybeRefOrGetter, Ref } from 'vue'
import { useSelected, useStore } from './use-store.ts'

/**
 * Who is in a channel, or a part of it: changes only when that part does. Servers and the first render after them
 * show nobody.
 * @throws RealtimeError `capability.missing` where the protocol has no presence
 * @example
 * const count = useMembers(desk, ({ list }) => list.length)
 */
export function useMembers<I, T = MembersSnapshot<I>>(
  channel: MaybeRefOrGetter<HasMembers<I> | undefined>,
  select?: (members: MembersSnapshot<I>) => T,
): Readonly<Ref<T>> {
  const members = useStore<MembersSnapshot>(
    channel,
    (followed) => {
      const { members } = followed as typeof followed & HasMembers<unknown>
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
