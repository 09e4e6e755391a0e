import {
  createLatest,
  type Events,
  type LatestByKeyOptions,
  type LatestOptions,
  type Meta,
  type Output,
  type Select,
  type Target,
} from '@org/realtime-core/bind'
import { type MaybeRefOrGetter, type Ref, toValue } from 'vue'
import { useFold } from './use-fold.ts'
import type { AnyTarget } from './use-following.ts'

/** With `key`: the last value of each series, as a map. */
export function useLatest<
  V extends Events,
  M extends Meta,
  E extends keyof V & string,
  T = ReadonlyMap<string, Output<V[E]>>,
>(
  target: MaybeRefOrGetter<Target<V, M>>,
  event: MaybeRefOrGetter<E>,
  options: MaybeRefOrGetter<
    LatestByKeyOptions<Output<V[E]>, M> & Select<ReadonlyMap<string, Output<V[E]>>, T>
  >,
): Readonly<Ref<T>>
/** With `initial` there is always something to show. */
export function useLatest<V extends Events, M extends Meta, E extends keyof V & string, T = Output<V[E]>>(
  target: MaybeRefOrGetter<Target<V, M>>,
  event: MaybeRefOrGetter<E>,
  options: MaybeRefOrGetter<
    LatestOptions<Output<V[E]>, M> & { readonly initial: Output<V[E]> } & Select<Output<V[E]>, T>
  >,
): Readonly<Ref<T>>
/**
 * The last value of an event. Every message counts; the value changes at most once per frame, and only when what
 * is selected has changed.
 * @example
 * const seats = useLatest(availability, 'CapacityUpdated', { initial, select: ({ seats }) => seats })
 */
export function useLatest<
  V extends Events,
  M extends Meta,
  E extends keyof V & string,
  T = Output<V[E]> | undefined,
>(
  target: MaybeRefOrGetter<Target<V, M>>,
  event: MaybeRefOrGetter<E>,
  options?: MaybeRefOrGetter<LatestOptions<Output<V[E]>, M> & Select<Output<V[E]> | undefined, T>>,
): Readonly<Ref<T>>
export function useLatest(
  target: AnyTarget,
  event: MaybeRefOrGetter<string>,
  options: MaybeRefOrGetter<LatestOptions<unknown>> = {},
): unknown {
  return useFold(target, () => [toValue(event)], options, createLatest)
}
