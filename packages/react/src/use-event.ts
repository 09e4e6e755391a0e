import {
  type EventOptions,
  type Events,
  listen,
  type MessageOfEvents,
  type Meta,
  type Output,
  type Target,
} from '@org/realtime-core/bind'
import { useFollowing } from './use-following.ts'
import { useNewest } from './use-kept.ts'

/** Several events in one listener, as a union to switch on by `event`. */
export function useEvent<V extends Events, M extends Meta, const E extends keyof V & string>(
  target: Target<V, M>,
  events: readonly E[],
  listener: (message: MessageOfEvents<V, E, M>) => void,
  options?: EventOptions<Output<V[E]>, M>,
): void
/**
 * Calls the listener for every message of an event, on one channel or several. It is always the listener of the
 * last render: there is no list of dependencies, and a new one costs nothing.
 * @example
 * useEvent(booking, 'BookingStatusUpdated', ({ status }) => toast(status))
 */
export function useEvent<V extends Events, M extends Meta, E extends keyof V & string>(
  target: Target<V, M>,
  event: E,
  listener: (payload: Output<V[E]>, meta: M) => void,
  options?: EventOptions<Output<V[E]>, M>,
): void
/** With `keep: 'all'` the listener gets the payloads of a window as one array. */
export function useEvent<V extends Events, M extends Meta, E extends keyof V & string>(
  target: Target<V, M>,
  event: E,
  listener: (payloads: readonly Output<V[E]>[], meta: M) => void,
  options: EventOptions<Output<V[E]>, M, 'all'>,
): void
export function useEvent(
  target: object | undefined,
  events: string | readonly string[],
  listener: (...values: never[]) => void,
  options?: EventOptions<never, never, 'latest' | 'all'>,
): void {
  const newest = useNewest(listener as (...values: unknown[]) => void)
  const take = (payload: unknown, meta: Meta, event: string): void =>
    typeof events === 'string' ? newest.current(payload, meta) : newest.current({ event, payload, meta })
  useFollowing(target, (channel) => listen(channel, [events].flat(), take, options as EventOptions), [
    JSON.stringify(options),
    ...[events].flat(),
  ])
}
