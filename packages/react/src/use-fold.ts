import type { AnyChannel, Fold } from '@org/realtime-core/bind'
import { useInsertionEffect } from 'react'
import { type AnyTarget, useActive } from './use-following.ts'
import { useKept } from './use-kept.ts'
import { usePart } from './use-store.ts'

/**
 * A state that follows events. Another channel starts it anew; a list of channels keeps it when the list changes.
 * Options are always those of the last render.
 */
export function useFold<S, T, O extends object>(
  target: AnyTarget,
  events: readonly string[],
  options: O & { readonly select?: (state: S) => T },
  create: (read: () => O, target: AnyTarget, events: readonly string[]) => Fold<S>,
): T {
  const kept = useKept([Array.isArray(target) || target, ...events], () => {
    const newest: { current: O } = { current: options }
    const shown: { current?: T } = {}
    const fold = create(() => newest.current, target, events)
    return { fold, newest, shown, active: new Map<AnyChannel, () => void>() }
  })
  const { fold } = kept
  const value = usePart(fold, options.select, () => fold.first, kept.shown)
  // One effect for both: this runs for every row of a table.
  useInsertionEffect(() => {
    kept.newest.current = options
    kept.shown.current = value
  })
  useActive(kept.active, target, (channel) => fold.listen(channel, events))
  return value
}
