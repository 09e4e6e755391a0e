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
  create: (read: () => O, target: unknown, events: readonly string[]) => Fold<S>,
): Readonly<Ref<T>> {
  const renewed = (): Fold<S> => create(() => toValue(options), toValue(target), events())
  let fold = renewed()
  let unsubscribe = (): void => {}
  const value = shallowRef(fold.get()) as Ref<S>
  const renew = (): void => {
    unsubscribe()
    fold = renewed()
    value.value = fold.get()
    unsubscribe = fold.subscribe((state) => {
      value.value = state
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
