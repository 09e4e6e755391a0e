'use client'

import {
  type AnyChannel,
  createBatch,
  type Events,
  type FoldOptions,
  type MessageOfEvents,
  type Meta,
  type Target,
  toList,
} from '@org/realtime-core/bind'
import { hashKey, type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEvent } from './use-event.ts'
import { useGap } from './use-gap.ts'
import { useKept } from './use-kept.ts'

/** Which queries go stale by which events. */
export type InvalidateOptions<V extends Events, E extends keyof V & string, M extends Meta> = FoldOptions & {
  readonly events: readonly E[]
} & (
    | { readonly queryKey: QueryKey; readonly gapKey?: QueryKey }
    | {
        /** The queries that one message makes stale. */
        readonly queryKey: (message: MessageOfEvents<V, E, M>) => QueryKey
        /** Those that may be stale after a gap, where no message says. */
        readonly gapKey: QueryKey
      }
  )

/**
 * Makes queries stale when an event comes, each once per frame however many come, and after a gap. Events of the
 * channel wait until what was fetched after a gap is there.
 * @example
 * useInvalidate(bookings, { events: ['Created', 'Changed'], queryKey: ['bookings'] })
 */
export function useInvalidate<V extends Events, M extends Meta, const E extends keyof V & string>(
  target: Target<V, M>,
  { events, queryKey, gapKey, flush }: InvalidateOptions<V, E, M>,
): void {
  const client = useQueryClient()
  const invalidate = (key: QueryKey): Promise<void> => client.invalidateQueries({ queryKey: key })
  const batch = useKept([client], () =>
    createBatch<QueryKey>((keys) => {
      for (const key of keys) void invalidate(key)
    }),
  )
  useEvent(target, events, (message) => {
    const [channel] = toList(target as unknown as AnyChannel)
    const key = typeof queryKey === 'function' ? queryKey(message) : queryKey
    if (channel) batch(channel, flush, key, hashKey(key))
  })
  useGap(target, () => invalidate(gapKey ?? (queryKey as QueryKey)))
}
