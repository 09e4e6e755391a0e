import {
  type GapHandler,
  type GapOptions,
  type ListeningChannel,
  listenToGaps,
} from '@org/realtime-core/bind'
import { useFollowing } from './use-following.ts'
import { useNewest } from './use-kept.ts'

/**
 * Calls the handler once after each interruption in which a channel may have missed something: the place to fetch
 * again. While its promise is under way, the events of this handle wait behind it, in order.
 * @example
 * useGap(booking, () => queryClient.invalidateQueries({ queryKey: ['booking'] }))
 */
export function useGap(
  target: Gapped | readonly Gapped[] | undefined,
  handler: GapHandler,
  options?: GapOptions,
): void {
  const newest = useNewest(handler)
  useFollowing(target, (channel) => listenToGaps(channel, (gap) => newest.current(gap), options), [
    JSON.stringify(options),
  ])
}

type Gapped = Pick<ListeningChannel<never>, 'onGap'>
