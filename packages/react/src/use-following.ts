import { type AnyChannel, follow, toList } from '@org/realtime-core/bind'
import { useEffect } from 'react'
import { useKept } from './use-kept.ts'

/** One, several or no channels, of whatever types. */
export type AnyTarget = object | readonly object[] | undefined

type Start = (channel: AnyChannel) => () => void

/** Starts something on every channel while it is given; anew for all of them when one of the keys changes. */
export function useFollowing(target: AnyTarget, start: Start, keys: readonly unknown[] = []): void {
  const active = useKept(keys, () => new Map<AnyChannel, () => void>())
  useActive(active, target, start)
}

/** The same, where the caller keeps what is active. */
export function useActive(active: Map<AnyChannel, () => void>, target: AnyTarget, start: Start): void {
  // What was started goes on, with the newest callbacks.
  useEffect(() => follow(active, toList(target as AnyChannel), start), [active, target])
  useEffect(() => () => follow(active, [], start), [active])
}
