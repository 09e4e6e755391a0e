import { type ChannelStatus, LEFT, type ListeningChannel } from '@org/realtime-core/bind'
import type { MaybeRefOrGetter, Ref } from 'vue'
import { useStore } from './use-store.ts'

/**
 * Whether a channel is joined, or why not: `left`, `joining`, `joined`, or `rejected` with its error. Does not join
 * it by itself. Servers and the first render after them show `left`.
 */
export function useChannelStatus(
  channel: MaybeRefOrGetter<Pick<ListeningChannel<never>, 'status'> | undefined>,
): Readonly<Ref<ChannelStatus>> {
  return useStore<ChannelStatus>(channel, ({ status }) => status, LEFT)
}
