import {
  type GapHandler,
  type GapOptions,
  type ListeningChannel,
  listenToGaps,
} from '@org/realtime-core/bind'
import { type MaybeRefOrGetter, toValue } from 'vue'
import { useFollowing } from './use-following.ts'

/**
 * Calls the handler once after each interruption in which a channel may have missed something: the place to fetch
 * again. While its promise is under way, the events of this handle wait behind it, in order.
 * @example
 * useGap(booking, () => queryClient.invalidateQueries({ queryKey: ['booking'] }))
 */
export function useGap(
  target: MaybeRefOrGetter<Gapped | readonly Gapped[] | undefined>,
  handler: GapHandler,
  options?: MaybeRefOrGetter<GapOptions>,
): void {
  useFollowing(
    target,
    (channel) => listenToGaps(channel, handler, toValue(options)),
    () => [JSON.stringify(toValue(options))],
  )
}

type Gapped = Pick<ListeningChannel<never>, 'onGap'>
