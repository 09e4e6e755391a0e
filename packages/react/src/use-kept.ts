import { isSame } from '@org/realtime-core/bind'
import { useInsertionEffect, useRef, useState } from 'react'

/**
 * What was made for these keys: made anew when one of them changes. Unlike a memo it outlives Fast Refresh, and
 * unlike a ref an abandoned render cannot change it.
 */
export function useKept<T>(keys: readonly unknown[], create: (before?: T) => T): T {
  const [kept, setKept] = useState(() => ({ keys, value: create() }))
  if (isSame(kept.keys, keys)) return kept.value
  const next = { keys, value: create(kept.value) }
  setKept(next)
  return next.value
}

/** The value of the last render that was shown, for what runs later. */
export function useNewest<T>(value: T): { readonly current: T } {
  const newest = useRef(value)
  useInsertionEffect(() => {
    newest.current = value
  })
  return newest
}
