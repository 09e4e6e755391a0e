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
import { type Source, useSource } from './provider.ts'
import type { ChannelOf } from './use-channel.ts'
import { useFollowing } from './use-following.ts'
import { useKept } from './use-kept.ts'

/** {@link useChannels}, with the channels of one client. */
export type UseChannels<T extends TypedClient> = <P extends OpenPattern<TypesOf<T>['channels']>>(
  pattern: P,
  list: readonly Params<P>[] | 'skip',
  options?: BoundOptions,
) => readonly ChannelOf<T, P>[]

/**
 * Channels of one pattern, joined while the component is mounted. A change of the list joins and leaves only what
 * came and went; the same channel twice is there once.
 * @example
 * const rooms = useChannels('room.{id}', ids.map((id) => ({ id })))
 * useEvent(rooms, 'Said', ({ text }, { channel }) => add(channel, text))
 */
export const useChannels: UseChannels<RegisteredClient> = /* @__PURE__ */ createUseChannels()

export function createUseChannels<T extends TypedClient>(source?: Source): UseChannels<T> {
  return ((pattern: string, params: readonly object[] | 'skip', options?: BoundOptions) => {
    const client = useSource(source, 'useChannels')
    const { list } = useKept<OpenedChannels>([client, JSON.stringify([pattern, params, options])], (before) =>
      openChannels(client, pattern, params, options, before),
    )
    useFollowing(list, holdChannel)
    return list
  }) as unknown as UseChannels<T>
}
