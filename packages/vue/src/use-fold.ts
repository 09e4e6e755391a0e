import { type Fold, isSame } from '@org/realtime-core/bind'
import { type MaybeRefOrGetter, type Ref, shallowRef, toValue, watch } from 'vue'
import { type AnyTarget, useFollowing } from './use-following.ts'
import { useSelected, useStore } from './use-store.ts'

/**
 * A state that follows events. Another channel or event starts it anew; a list of channels keeps it when the list
 * changes.
 */
export function useFold<S, T, O extends object>(
  target: AnyTarget,
  events: () => readonly string[],
  options: MaybeRefOrGetter<O & { readonly select?: (state: S) => T }>,
  create: (read: () => O, target: unknown, events: readonly string[]) => Fold<S>,
): Readonly<Ref<T>> {
  const renewed = (): Fold<S> => create(() => toValue(options), toValue(target), events())
  const fold = shallowRef(renewed())
  const keys = (): readonly unknown[] => {
    const followed = toValue(target)
    return [Array.isArray(followed) || followed, ...events()]
  }
  watch(keys, (now, before) => {
    // Vue has told the error of a channel that cannot be.
    if (now && !isSame(now, before)) fold.value = renewed()
  })
  useFollowing(
    target,
    (channel) => fold.value.listen(channel, events()),
    () => [fold.value],
  )
  return useSelected(
    useStore(fold, () => fold.value, fold.value.first),
    options,
  )
}
