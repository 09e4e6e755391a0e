import {
  createHistory,
  type Events,
  type History,
  type HistoryOptions,
  type Meta,
  type Output,
  type Select,
  type Target,
} from '@org/realtime-core/bind'
import { type MaybeRefOrGetter, type Ref, toValue } from 'vue'
import { useFold } from './use-fold.ts'
import type { AnyTarget } from './use-following.ts'

/**
 * The newest events, the oldest of them first, and how many had to go.
 * @example
 * const history = useHistory(room, 'Said', { max: 50 }) // history.value.items, .dropped, .clear()
 */
export function useHistory<
  V extends Events,
  M extends Meta,
  E extends keyof V & string,
  T = History<Output<V[E]>>,
>(
  target: MaybeRefOrGetter<Target<V, M>>,
  event: MaybeRefOrGetter<E>,
  options?: MaybeRefOrGetter<HistoryOptions<Output<V[E]>, M> & Select<History<Output<V[E]>>, T>>,
): Readonly<Ref<T>>
export function useHistory(
  target: AnyTarget,
  event: MaybeRefOrGetter<string>,
  options: MaybeRefOrGetter<HistoryOptions<unknown>> = {},
): unknown {
  return useFold(target, () => [toValue(event)], options, createHistory)
}
