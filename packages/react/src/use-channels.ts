import {
  type AnyChannel,
  type AnyClient,
  type BoundOptions,
  holdChannel,
  type OpenPattern,
  openChannel,
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
  return ((pattern: string, list: readonly object[] | 'skip', options?: BoundOptions) => {
    const client = useSource(source, 'useChannels')
    const kind = JSON.stringify([pattern, options])
    const names = list === 'skip' ? [] : list.map((params) => JSON.stringify(params))
    const { channels } = useKept<Kept>([client, kind, ...names], (before) => {
      const known = before?.client === client && before.kind === kind ? before.handles : undefined
      const open = (name: string) => openChannel(client, pattern, JSON.parse(name), options) as AnyChannel
      const handles = new Map(names.map((name) => [name, known?.get(name) ?? open(name)]))
      return { client, kind, handles, channels: [...handles.values()] }
    })
    useFollowing(channels, holdChannel)
    return channels
  }) as unknown as UseChannels<T>
}

interface Kept {
  readonly client: AnyClient
  /** Handles are used again only where this stays the same. */
  readonly kind: string
  readonly handles: ReadonlyMap<string, AnyChannel>
  readonly channels: readonly AnyChannel[]
}
