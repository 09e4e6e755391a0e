import { RealtimeError } from '@org/realtime-core'
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
import { hasInjectionContext, inject, type MaybeRefOrGetter, toValue } from 'vue'
import { useEvent } from './use-event.ts'
import { useGap } from './use-gap.ts'

/** As TanStack Query has them. */
export type QueryKey = readonly unknown[]

interface QueryClient {
  invalidateQueries(filters: { readonly queryKey: QueryKey }): Promise<void>
}

/**
 * What the plugin of vue-query provides, in all its versions. It is not imported, because then it had to be a peer,
 * which npm can resolve only where a `vue` is installed already: vue-query may want Vue 2, too.
 */
const KEY = 'VUE_QUERY_CLIENT'

function useQueryClient(): QueryClient {
  const client = hasInjectionContext() ? inject<QueryClient | undefined>(KEY, undefined) : undefined
  if (client) return client
  throw new RealtimeError('binding.no-provider', 'useInvalidate() needs app.use(VueQueryPlugin)', {
    hook: 'useInvalidate',
  })
}

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
 * @throws RealtimeError `binding.no-provider` outside an app with the plugin of vue-query
 * @example
 * useInvalidate(bookings, { events: ['Created', 'Changed'], queryKey: ['bookings'] })
 */
export function useInvalidate<V extends Events, M extends Meta, const E extends keyof V & string>(
  target: MaybeRefOrGetter<Target<V, M>>,
  options: MaybeRefOrGetter<InvalidateOptions<V, E, M>>,
): void {
  const client = useQueryClient()
  const invalidate = (key: QueryKey): Promise<void> => client.invalidateQueries({ queryKey: key })
  const batch = createBatch<QueryKey>((keys) => {
    for (const key of keys) void invalidate(key)
  })
  useEvent(
    target,
    () => toValue(options).events,
    (message) => {
      const { queryKey, flush } = toValue(options)
      const [channel] = toList(toValue(target) as unknown as AnyChannel)
      const key = typeof queryKey === 'function' ? queryKey(message) : queryKey
      if (channel) batch(channel, flush, key, JSON.stringify(key))
    },
  )
  useGap(target, () => {
    const { gapKey, queryKey } = toValue(options)
    return invalidate(gapKey ?? (queryKey as QueryKey))
  })
}
