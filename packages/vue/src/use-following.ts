import { type AnyChannel, follow, isSame, toList } from '@org/realtime-core/bind'
import {
  getCurrentInstance,
  type MaybeRefOrGetter,
  onActivated,
  onDeactivated,
  onScopeDispose,
  toRaw,
  toValue,
  watch,
} from 'vue'

/** One, several or no channels, of whatever types. */
export type AnyTarget = MaybeRefOrGetter<object | readonly object[] | undefined>

/**
 * Starts something on every channel while it is given; anew for all of them when one of the keys changes. Ends with
 * the scope, rests while the component is kept alive unseen, and does nothing on servers.
 */
export function useFollowing(
  target: AnyTarget,
  start: (channel: AnyChannel) => () => void,
  keys: () => readonly unknown[] = () => [],
): void {
  // What is wrong from the start is thrown by setup itself.
  const list = (): readonly AnyChannel[] => toList(toValue(target) as AnyChannel).map(toRaw)
  list()
  if (typeof window === 'undefined') return
  const active = new Map<AnyChannel, () => void>()
  const rest = (): void => follow(active, [], start)
  let isSeen = true
  // What is mounted in a page that is kept alive unseen waits with it.
  for (let at = getCurrentInstance(); at; at = at.parent) isSeen &&= !at.isDeactivated
  const see = (): void => follow(active, isSeen ? list() : [], start)
  watch(
    () => [list(), keys()] as const,
    (now, before) => {
      // Vue has told the error of a channel that cannot be: until there is another, all stays.
      if (!now) return
      if (before && !isSame(now[1], before[1])) rest()
      see()
    },
    { immediate: true },
  )
  if (getCurrentInstance()) {
    onActivated(() => {
      isSeen = true
      see()
    })
    onDeactivated(() => {
      isSeen = false
      see()
    })
  }
  onScopeDispose(rest)
}
