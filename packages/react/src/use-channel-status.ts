import { type ChannelStatus, LEFT, type ListeningChannel, type Store } from '@org/realtime-core/bind'
import { useStore } from './use-store.ts'

/**
 * Whether a channel is joined, or why not: `left`, `joining`, `joined`, or `rejected` with its error. Does not join
 * it by itself. Servers and the first render after them show `left`.
 */
export function useChannelStatus(
  channel: Pick<ListeningChannel<never>, 'status'> | undefined,
): ChannelStatus {
  return useStore(channel?.status ?? NOWHERE, undefined, () => LEFT)
}

const NOWHERE: Store<ChannelStatus> = { get: () => LEFT, subscribe: () => () => {} }
