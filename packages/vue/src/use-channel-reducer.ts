import {
  createFold,
  type Events,
  type Meta,
  type ReducerOptions,
  type Reducers,
  type Target,
} from '@org/realtime-core/bind'
import { type MaybeRefOrGetter, type Ref, toValue } from 'vue'
import { useFold } from './use-fold.ts'
import type { AnyTarget } from './use-following.ts'

/**
 * A state that every message of a channel goes into, by the reducer of its event. Reducers see all, the value
 * changes at most once per frame, and only when what is selected has changed. `initial` counts when a channel
 * starts it.
 * @example
 * const open = useChannelReducer(shop, { open: 0 }, {
 *   Placed: (state) => ({ open: state.open + 1 }),
 *   Sent: (state) => ({ open: state.open - 1 }),
 * }, { select: (state) => state.open })
 */
export function useChannelReducer<V extends Events, M extends Meta, S, T = S>(
  target: MaybeRefOrGetter<Target<V, M>>,
  initial: MaybeRefOrGetter<S>,
  reducers: Reducers<V, M, S>,
  options: MaybeRefOrGetter<ReducerOptions<S, T>> = {},
): Readonly<Ref<T>> {
  type Step = (state: S, payload: unknown, meta: Meta) => S
  const steps = reducers as unknown as Readonly<Record<string, Step>>
  return useFold<S, T, ReducerOptions<S, T>>(
    target as AnyTarget,
    () => Object.keys(steps),
    options,
    (read) =>
      createFold(
        toValue(initial),
        (state, payload, meta, event) => steps[event]?.(state, payload, meta) ?? state,
        () => read().flush,
      ),
  )
}
