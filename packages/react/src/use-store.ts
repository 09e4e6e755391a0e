import { keep, type Store } from '@org/realtime-core/bind'
import { useInsertionEffect, useRef, useSyncExternalStore } from 'react'

/** The value of a store, or a part of it: renders again only when that changes. `first` is told on servers. */
export function useStore<S, T = S>(
  store: Store<S>,
  select: ((value: S) => T) | undefined,
  first: () => S,
): T {
  const shown = useRef<T>(undefined)
  const value = usePart(store, select, first, shown)
  useInsertionEffect(() => {
    shown.current = value
  }, [value])
  return value
}

/** The same, where the caller keeps what was shown last. */
export function usePart<S, T = S>(
  store: Store<S>,
  select: ((value: S) => T) | undefined,
  first: () => S,
  shown: { readonly current?: T | undefined },
): T {
  let isPicked = false
  let from: S
  let part: T
  // Asked more than once per render, and to answer the same.
  const pick = (value: S): T => {
    if (isPicked && Object.is(from, value)) return part
    isPicked = true
    from = value
    part = select ? keep(select(value), shown.current) : (value as unknown as T)
    return part
  }
  return useSyncExternalStore(
    store.subscribe,
    () => pick(store.get()),
    () => pick(first()),
  )
}
