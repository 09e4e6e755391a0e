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
import { useFold } from './use-fold.ts'

/** With `key`: the last value of each series, as a map. */
export function useLatest<
  V extends Events,
  M extends Meta,
  E extends keyof V & string,
  T = ReadonlyMap<string, Output<V[E]>>,
>(
  target: Target<V, M>,
  event: E,
  options: LatestByKeyOptions<Output<V[E]>, M> & Select<ReadonlyMap<string, Output<V[E]>>, T>,
): T
/** With `initial` there is always something to show. */
export function useLatest<V extends Events, M extends Meta, E extends keyof V & string, T = Output<V[E]>>(
  target: Target<V, M>,
  event: E,
  options: LatestOptions<Output<V[E]>, M> & { readonly initial: Output<V[E]> } & Select<Output<V[E]>, T>,
): T
/**
 * The last value of an event. Every message counts; the component renders at most once per frame, and only when
 * what it selects has changed.
 * @example
 * const seats = useLatest(availability, 'CapacityUpdated', { initial, select: ({ seats }) => seats })
 */
export function useLatest<
  V extends Events,
  M extends Meta,
  E extends keyof V & string,
  T = Output<V[E]> | undefined,
>(
  target: Target<V, M>,
  event: E,
  options?: LatestOptions<Output<V[E]>, M> & Select<Output<V[E]> | undefined, T>,
): T
export function useLatest(
  target: object | undefined,
  event: string,
  options: LatestOptions<unknown> = {},
): unknown {
  return useFold(target, [event], options, createLatest)
}
