import { type AnyChannel, follow, toList } from '@org/realtime-core/bind'
import { useEffect } from 'react'
import { useKept } from './use-kept.ts'

/** One, several or no channels, of whatever types. */
export type AnyTarget = object | readonly object[] | undefined

/** Starts something on every channel while it is given; anew for all of them when one of the keys changes. */
export function useFollowing(
  target: AnyTarget,
  start: (channel: AnyChannel) => () => void,
  keys: readonly unknown[] = [],
): void {
  const active = useKept(keys, () => new Map<AnyChannel, () => void>())
  // What was started goes on, with the newest callbacks.
  useEffect(() => follow(active, toList(target as AnyChannel), start), [active, target])
  useEffect(() => () => follow(active, [], start), [active])
}
