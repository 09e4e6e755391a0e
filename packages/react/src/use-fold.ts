import type { Fold } from '@org/realtime-core/bind'
import { type AnyTarget, useFollowing } from './use-following.ts'
import { useKept, useNewest } from './use-kept.ts'
import { useStore } from './use-store.ts'

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
  const newest = useNewest(options)
  const fold = useKept([Array.isArray(target) || target, ...events], () => {
    // Those of the last render are not there yet.
    let read = (): O => options
    const made = create(() => read(), target, events)
    read = () => newest.current
    return made
  })
  useFollowing(target, (channel) => fold.listen(channel, events), [fold, ...events])
  return useStore(fold, options.select)
}
