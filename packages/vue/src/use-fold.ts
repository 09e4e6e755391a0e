import type { Fold } from '@org/realtime-core/bind'
import { type MaybeRefOrGetter, type Ref, shallowRef, toValue, watch } from 'vue'
import { type AnyTarget, useFollowing } from './use-following.ts'
import { useSelected } from './use-store.ts'

/**
 * A state that follows events. Another channel starts it anew; a list of channels keeps it when the list changes.
 */
export function useFold<S, T, O extends object>(
  target: AnyTarget,
  events: () => readonly string[],
  options: MaybeRefOrGetter<O & { readonly select?: (state: S) => T }>,
  create: (read: () => O) => Fold<S>,
): Readonly<Ref<T>> {
  let fold = create(() => toValue(options))
  const value = shallowRef(fold.get()) as Ref<S>
  const renew = (): void => {
    const own = create(() => toValue(options))
    fold = own
    value.value = own.get()
    own.subscribe((state) => {
      if (fold === own) value.value = state
    })
  }
  // Before anything listens.
  watch(
    () => {
      const followed = toValue(target)
      return Array.isArray(followed) || followed
    },
    renew,
    { immediate: true },
  )
  useFollowing(target, (channel) => fold.listen(channel, events()), events)
  return useSelected(value, options)
}
