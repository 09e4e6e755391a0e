import { type AnyChannel, keep, type Store } from '@org/realtime-core/bind'
import {
  computed,
  getCurrentInstance,
  type MaybeRefOrGetter,
  onMounted,
  type Ref,
  shallowRef,
  toValue,
  watch,
} from 'vue'
import { type AnyTarget, useFollowing } from './use-following.ts'

/** A part of a value; a change of the rest changes nothing. */
export function useSelected<S, T = S>(
  value: Readonly<Ref<S>>,
  options: MaybeRefOrGetter<{ readonly select?: (value: S) => T }>,
): Readonly<Ref<T>> {
  const part = computed((before?: T) => {
    const { select } = toValue(options)
    return select ? keep(select(value.value), before) : (value.value as unknown as T)
  })
  // Up to Vue 3.3 a computed value that stays the same still renders what depends on it; a ref does not.
  const shown = shallowRef(part.value)
  watch(part, (now) => (shown.value = now), { flush: 'sync' })
  return shown
}

/** The value of a store of whatever is followed. `first` is told on servers, and in the render that takes over from one. */
export function useStore<S>(
  target: AnyTarget,
  storeOf: (followed: AnyChannel) => Store<S>,
  first: S,
): Readonly<Ref<S>> {
  const value = shallowRef(first) as Ref<S>
  let show = (): void => {}
  // Only a component that is hydrated has its element before it is mounted.
  let isFirst = !!getCurrentInstance()?.vnode.el
  if (isFirst)
    onMounted(() => {
      isFirst = false
      show()
    })
  useFollowing(target, (followed) => {
    const store = storeOf(followed)
    const own = (): void => {
      if (!isFirst) value.value = store.get()
    }
    show = own
    const stop = store.subscribe(own)
    own()
    return () => {
      stop()
      if (show === own) value.value = first
    }
  })
  return value
}
