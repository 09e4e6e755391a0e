import {
  type BoundOptions,
  holdChannel,
  type OpenedChannels,
  type OpenPattern,
  openChannels,
  type Params,
  type RegisteredClient,
  type TypedClient,
  type TypesOf,
} from '@org/realtime-core/bind'
import { type ComputedRef, computed, type MaybeRefOrGetter, markRaw, toValue } from 'vue'
import { type Source, useSource } from './provider.ts'
import type { ChannelOf } from './use-channel.ts'
import { useFollowing } from './use-following.ts'

/** {@link useChannels}, with the channels of one client. */
export type UseChannels<T extends TypedClient> = <P extends OpenPattern<TypesOf<T>['channels']>>(
  pattern: MaybeRefOrGetter<P>,
  list: MaybeRefOrGetter<readonly Params<P>[] | 'skip'>,
  options?: MaybeRefOrGetter<BoundOptions | undefined>,
) => ComputedRef<readonly ChannelOf<T, P>[]>

/**
 * Channels of one pattern, joined while the scope lives. A change of the list joins and leaves only what came and
 * went; the same channel twice is there once.
 * @example
 * const rooms = useChannels('room.{id}', () => ids.value.map((id) => ({ id })))
 * useEvent(rooms, 'Said', ({ text }, { channel }) => add(channel, text))
 */
export const useChannels: UseChannels<RegisteredClient> = /* @__PURE__ */ createUseChannels()

export function createUseChannels<T extends TypedClient>(source?: Source): UseChannels<T> {
  return ((
    pattern: MaybeRefOrGetter<string>,
    params: MaybeRefOrGetter<readonly object[] | 'skip'>,
    options?: MaybeRefOrGetter<BoundOptions | undefined>,
  ) => {
    const client = useSource(source, 'useChannels')
    let opened: OpenedChannels | undefined
    const channels = computed(() => {
      opened = openChannels(client, toValue(pattern), toValue(params), toValue(options), opened)
      return opened.list.map(markRaw)
    })
    useFollowing(channels, holdChannel)
    return channels
  }) as unknown as UseChannels<T>
}
