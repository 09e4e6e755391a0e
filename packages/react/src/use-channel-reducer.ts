import {
  createFold,
  type Events,
  type Meta,
  type ReducerOptions,
  type Reducers,
  type Target,
} from '@org/realtime-core/bind'
import { useFold } from './use-fold.ts'

/**
 * A state that every message of a channel goes into, by the reducer of its event. Reducers see all, the component
 * renders at most once per frame, and only when what it selects has changed. `initial` counts when the channel is
 * first given.
 * @example
 * const open = useChannelReducer(shop, { open: 0 }, {
 *   Placed: (state) => ({ open: state.open + 1 }),
 *   Sent: (state) => ({ open: state.open - 1 }),
 * }, { select: (state) => state.open })
 */
export function useChannelReducer<V extends Events, M extends Meta, S, T = S>(
  target: Target<V, M>,
  initial: S,
  reducers: Reducers<V, M, S>,
  options?: ReducerOptions<S, T>,
): T {
  type Step = (state: S, payload: unknown, meta: Meta) => S
  const steps = reducers as unknown as Readonly<Record<string, Step>>
  return useFold<S, T, ReducerOptions<S, T> & { readonly steps: typeof steps }>(
    target as object | undefined,
    Object.keys(steps),
    { ...options, steps },
    (read) =>
      createFold(
        initial,
        (state, payload, meta, event) => read().steps[event]?.(state, payload, meta) ?? state,
        () => read().flush,
      ),
  )
}
