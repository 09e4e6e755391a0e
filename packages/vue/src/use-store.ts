import { type AnyChannel, keep, type Store } from '@org/realtime-core/bind'
import {
  getCurrentInstance,
  type MaybeRefOrGetter,
  onMounted,
  type Ref,
  shallowRef,
  toValue,
  watchSyncEffect,
} from 'vue'
import { type AnyTarget, useFollowing } from './use-following.ts'

/** A part of a value; a change of the rest changes nothing. */
export function useSelected<S, T = S>(
  value: Readonly<Ref<S>>,
  options: MaybeRefOrGetter<{ readonly select?: (value: S) => T }>,
): Readonly<Ref<T>> {
  let part: unknown
  const pick = (): T => {
    const { select } = toValue(options)
    part = select ? keep(select(value.value), part) : value.value
    return part as T
  }
  const shown = shallowRef(pick())
  // Where `select` throws, Vue is told, and what is shown stays.
  watchSyncEffect(() => {
    shown.value = pick()
  })
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
      // A page that is kept alive unseen keeps what it showed.
      if (show === own && !toValue(target)) value.value = first
    }
  })
  return value
}
