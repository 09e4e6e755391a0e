import {
  type BoundOptions,
  type Channel,
  type ExactPattern,
  type FullName,
  holdChannel,
  type MatchOf,
  type OpenPattern,
  openChannel,
  type Params,
  type RegisteredClient,
  type TypedClient,
  type TypesOf,
} from '@org/realtime-core/bind'
import { type Source, useSource } from './provider.ts'
import { useFollowing } from './use-following.ts'
import { useKept } from './use-kept.ts'

/** {@link useChannel}, with the channels of one client. */
export interface UseChannel<T extends TypedClient> {
  /** A channel by its pattern and parameters. */
  <P extends OpenPattern<TypesOf<T>['channels']>>(
    pattern: P,
    params: Params<P>,
    options?: BoundOptions,
  ): ChannelOf<T, P>
  /** None, while the parameters are `'skip'`. */
  <P extends OpenPattern<TypesOf<T>['channels']>>(
    pattern: P,
    params: Params<P> | 'skip',
    options?: BoundOptions,
  ): ChannelOf<T, P> | undefined
  /** A channel without parameters. */
  <P extends ExactPattern<TypesOf<T>['channels']>>(name: P, options?: BoundOptions): ChannelOf<T, P>
  /** None, while the options are `'skip'`. */
  <P extends ExactPattern<TypesOf<T>['channels']>>(
    name: P,
    options: BoundOptions | 'skip',
  ): ChannelOf<T, P> | undefined
  /** A channel by its full name, where a pattern fits it. */
  <N extends string>(
    name: FullName<TypesOf<T>['channels'], N, TypesOf<T>['separator']>,
    options?: BoundOptions,
  ): ChannelOf<T, MatchOf<T, N>>
}

/** The channel of a pattern, as a client of this type has it. */
export type ChannelOf<T extends TypedClient, P extends keyof TypesOf<T>['channels'] & string> = Channel<
  TypesOf<T>['channels'],
  P,
  TypesOf<T>['capabilities'],
  TypesOf<T>['meta']
>

/**
 * A channel that is joined while the component is mounted. The same handle as long as pattern, parameters and
 * options say the same.
 * @throws RealtimeError `option.invalid` for a name outside the registry or a parameter that does not fit
 * @example
 * const booking = useChannel('booking.{userId}', userId === undefined ? 'skip' : { userId })
 */
export const useChannel: UseChannel<RegisteredClient> = /* @__PURE__ */ createUseChannel()

export function createUseChannel<T extends TypedClient>(source?: Source): UseChannel<T> {
  return ((pattern: string, ...rest: Rest) => {
    const channel = useHandle(source, 'useChannel', pattern, rest)
    useFollowing(channel, holdChannel)
    return channel
  }) as UseChannel<T>
}

/** Parameters, where the pattern has any, and options. */
export type Rest = readonly (object | 'skip' | undefined)[]

/** The handle of a channel, which joins nothing by itself. */
export function useHandle(source: Source | undefined, hook: string, pattern: string, rest: Rest) {
  const client = useSource(source, hook)
  return useKept([client, JSON.stringify([pattern, ...rest])], () => openChannel(client, pattern, ...rest))
}
