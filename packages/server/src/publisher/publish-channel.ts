import type { Channels, EventName, Params, Pattern, PayloadInput } from '@org/realtime-core'
import type { Throttled, ThrottleOptions } from './throttle.ts'

/** One event of a batch; made by `channel.entry()`. */
export interface BatchEntry {
  readonly channel: string
  readonly event: string
  readonly payload: unknown
}

/** One channel, as a backend publishes to it. */
export interface PublishChannel<R extends Channels, P extends Pattern<R>> {
  readonly name: string
  /**
   * Publishes an event; resolves when the server has taken it. Rejects with ServerError `publish.refused` for
   * what does not fit the registry, and `publish.failed` for what the server did not take. After a failure of the
   * network it is sent again, so it may arrive twice.
   */
  publish<E extends EventName<R, P>>(event: E, payload: PayloadInput<R, P, E>): Promise<void>
  /** The same for `publishBatch`. */
  entry<E extends EventName<R, P>>(event: E, payload: PayloadInput<R, P, E>): BatchEntry
  /** Publishes fast values at a pace: at once, then at most every `everyMs`, and the last one always. */
  throttle<E extends EventName<R, P>>(
    event: E,
    options: ThrottleOptions<PayloadInput<R, P, E>>,
  ): Throttled<PayloadInput<R, P, E>>
}

/** Finds a channel by its pattern and parameters. */
export type PublishChannels<R extends Channels> = <P extends Pattern<R>>(
  pattern: P,
  ...params: P extends `${string}{${string}` ? [params: Params<P>] : []
) => PublishChannel<R, P>
