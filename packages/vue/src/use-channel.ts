import {
  type AnyChannel,
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
import { type ComputedRef, computed, type MaybeRefOrGetter, markRaw, toValue } from 'vue'
import { type Source, useSource } from './provider.ts'
import { useFollowing } from './use-following.ts'

/** {@link useChannel}, with the channels of one client. */
export interface UseChannel<T extends TypedClient> {
  /** A channel by its pattern and parameters. */
  <P extends OpenPattern<TypesOf<T>['channels']>>(
    pattern: MaybeRefOrGetter<P>,
    params: MaybeRefOrGetter<Params<P>>,
    options?: MaybeRefOrGetter<BoundOptions>,
  ): ComputedRef<ChannelOf<T, P>>
  /** None, while the parameters are `'skip'`. */
  <P extends OpenPattern<TypesOf<T>['channels']>>(
    pattern: MaybeRefOrGetter<P>,
    params: MaybeRefOrGetter<Params<P> | 'skip'>,
    options?: MaybeRefOrGetter<BoundOptions>,
  ): ComputedRef<ChannelOf<T, P> | undefined>
  /** A channel without parameters. */
  <P extends ExactPattern<TypesOf<T>['channels']>>(
    name: MaybeRefOrGetter<P>,
    options?: MaybeRefOrGetter<BoundOptions>,
  ): ComputedRef<ChannelOf<T, P>>
  /** None, while the options are `'skip'`. */
  <P extends ExactPattern<TypesOf<T>['channels']>>(
    name: MaybeRefOrGetter<P>,
    options: MaybeRefOrGetter<BoundOptions | 'skip'>,
  ): ComputedRef<ChannelOf<T, P> | undefined>
  /** A channel by its full name, where a pattern fits it. */
  <N extends string>(
    name: FullName<TypesOf<T>['channels'], N, TypesOf<T>['separator']>,
    options?: MaybeRefOrGetter<BoundOptions>,
  ): ComputedRef<ChannelOf<T, MatchOf<T, N>>>
}

/** The channel of a pattern, as a client of this type has it. */
export type ChannelOf<T extends TypedClient, P extends keyof TypesOf<T>['channels'] & string> = Channel<
  TypesOf<T>['channels'],
  P,
  TypesOf<T>['capabilities'],
  TypesOf<T>['meta']
>

/**
 * A channel that is joined while the scope lives. The same handle as long as pattern, parameters and options say
 * the same.
 * @throws RealtimeError `option.invalid` for a name outside the registry or a parameter that does not fit
 * @example
 * const booking = useChannel('booking.{userId}', () => (user.value ? { userId: user.value.id } : 'skip'))
 */
export const useChannel: UseChannel<RegisteredClient> = /* @__PURE__ */ createUseChannel()

export function createUseChannel<T extends TypedClient>(source?: Source): UseChannel<T> {
  return ((pattern: MaybeRefOrGetter<string>, ...rest: Rest) => {
    const client = useSource(source, 'useChannel')
    let key: string | undefined
    let channel: AnyChannel | undefined
    const handle = computed(() => {
      const name = toValue(pattern)
      const given = rest.map((value) => toValue(value))
      const next = JSON.stringify([name, ...given])
      if (next !== key) channel = openChannel(client, name, ...given)
      key = next
      // A proxy could not reach its private fields.
      return channel && markRaw(channel)
    })
    useFollowing(handle, holdChannel)
    return handle
  }) as UseChannel<T>
}

/** Parameters, where the pattern has any, and options. */
type Rest = readonly MaybeRefOrGetter<object | 'skip' | undefined>[]
