import { keep, type Store } from '@org/realtime-core/bind'
import { useEffect, useRef, useSyncExternalStore } from 'react'

/** The value of a store, or a part of it: renders again only when that changes. `first` is told on servers. */
export function useStore<S, T = S>(
  store: Store<S>,
  select: ((value: S) => T) | undefined,
  first: () => S = store.get,
): T {
  const selected = useRef<T>(undefined)
  const select$ = select ?? ((value: S) => value as unknown as T)
  let last: { readonly from: S; readonly to: T } | undefined
  const pick = (from: S): T => {
    // Asked more than once per render, and to answer the same.
    if (!last || !Object.is(last.from, from)) last = { from, to: keep(select$(from), selected.current) }
    return last.to
  }
  const value = useSyncExternalStore(
    store.subscribe,
    () => pick(store.get()),
    () => pick(first()),
  )
  useEffect(() => {
    selected.current = value
  })
  return value
}
