import {
  type AnyChannel,
  type BoundOptions,
  holdChannel,
  type OpenPattern,
  openChannel,
  type Params,
  type RegisteredClient,
  type TypedClient,
  type TypesOf,
} from '@org/realtime-core/bind'
import { type ComputedRef, computed, type MaybeRefOrGetter, toValue } from 'vue'
import { type Source, useSource } from './provider.ts'
import { type ChannelOf, rawChannel } from './use-channel.ts'
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
    list: MaybeRefOrGetter<readonly object[] | 'skip'>,
    options?: MaybeRefOrGetter<BoundOptions | undefined>,
  ) => {
    const client = useSource(source, 'useChannels')
    let handles: ReadonlyMap<string, AnyChannel> = new Map()
    const channels = computed(() => {
      const [name, params, given] = [toValue(pattern), toValue(list), toValue(options)]
      const open = (one: object): readonly [string, AnyChannel] => {
        const key = JSON.stringify([name, one, given])
        return [key, handles.get(key) ?? rawChannel(openChannel(client, name, one, given) as AnyChannel)]
      }
      handles = new Map(params === 'skip' ? [] : params.map(open))
      return [...handles.values()]
    })
    toValue(channels)
    useFollowing(channels, holdChannel)
    return channels
  }) as unknown as UseChannels<T>
}
