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
import { useFold } from './use-fold.ts'

/**
 * The newest events, the oldest of them first, and how many had to go.
 * @example
 * const { items, dropped, clear } = useHistory(room, 'Said', { max: 50 })
 */
export function useHistory<
  V extends Events,
  M extends Meta,
  E extends keyof V & string,
  T = History<Output<V[E]>>,
>(
  target: Target<V, M>,
  event: E,
  options?: HistoryOptions<Output<V[E]>, M> & Select<History<Output<V[E]>>, T>,
): T
export function useHistory(
  target: object | undefined,
  event: string,
  options: HistoryOptions<unknown> = {},
): unknown {
  return useFold(target, [event], options, createHistory)
}
