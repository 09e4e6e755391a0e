import {
  type EventOptions,
  type Events,
  listen,
  type MessageOfEvents,
  type Meta,
  type Output,
  type Target,
} from '@org/realtime-core/bind'
import { type MaybeRefOrGetter, toValue } from 'vue'
import { type AnyTarget, useFollowing } from './use-following.ts'

/** Several events in one listener, as a union to switch on by `event`. */
export function useEvent<V extends Events, M extends Meta, const E extends keyof V & string>(
  target: MaybeRefOrGetter<Target<V, M>>,
  events: MaybeRefOrGetter<readonly E[]>,
  listener: (message: MessageOfEvents<V, E, M>) => void,
  options?: MaybeRefOrGetter<EventOptions<Output<V[E]>, M>>,
): void
/**
 * Calls the listener for every message of an event, on one channel or several, also of several in one tick.
 * @example
 * useEvent(booking, 'BookingStatusUpdated', ({ status }) => toast(status))
 */
export function useEvent<V extends Events, M extends Meta, E extends keyof V & string>(
  target: MaybeRefOrGetter<Target<V, M>>,
  event: MaybeRefOrGetter<E>,
  listener: (payload: Output<V[E]>, meta: M) => void,
  options?: MaybeRefOrGetter<EventOptions<Output<V[E]>, M>>,
): void
/** With `keep: 'all'` the listener gets the payloads of a window as one array. */
export function useEvent<V extends Events, M extends Meta, E extends keyof V & string>(
  target: MaybeRefOrGetter<Target<V, M>>,
  event: MaybeRefOrGetter<E>,
  listener: (payloads: readonly Output<V[E]>[], meta: M) => void,
  options: MaybeRefOrGetter<EventOptions<Output<V[E]>, M, 'all'>>,
): void
export function useEvent(
  target: AnyTarget,
  events: MaybeRefOrGetter<string | readonly string[]>,
  listener: (...values: never[]) => void,
  options?: MaybeRefOrGetter<EventOptions<never, never, 'latest' | 'all'>>,
): void {
  const call = listener as (...values: unknown[]) => void
  const names = (): readonly string[] => [toValue(events)].flat()
  const take = (payload: unknown, meta: Meta, event: string): void =>
    Array.isArray(toValue(events)) ? call({ event, payload, meta }) : call(payload, meta)
  useFollowing(
    target,
    (channel) => listen(channel, names(), take, toValue(options) as EventOptions),
    () => [JSON.stringify(toValue(options)), ...names()],
  )
}
