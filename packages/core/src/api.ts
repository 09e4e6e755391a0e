import type { RealtimeError } from './errors.ts'
import type { EventsOptions } from './event-stream.ts'
import type { Gap, GapOptions } from './gap.ts'
import type { MembersStore } from './presence.ts'
import type { Capabilities, Delivery, Meta } from './protocol.ts'
import type { Rate } from './rate.ts'
import type { EventName, FullName, MemberInfo, Params, Pattern, PatternOf, Payload, PayloadInput } from './registry.ts'
import type { StatusSnapshot } from './status.ts'
import type { Store } from './store.ts'
import type { ChannelStatus } from './subscription.ts'
import type { Trace } from './trace.ts'

export interface ListenOptions<M extends Meta = Meta> {
  /** Removes the listener when aborted. */
  readonly signal?: AbortSignal
  /** Fewer calls than messages, without ever losing the last one. */
  readonly rate?: Rate<M>
}

export interface PublishOptions<D extends Delivery = Delivery> {
  /** What the publish asks for. @default 'at-most-once' */
  readonly delivery?: D
  /** How long it may wait or be unanswered. @default the client's, and no limit from at-least-once on */
  readonly ttlMs?: number
  /** Gives it up when aborted: dropped while it waits, unknown once it is on its way. */
  readonly signal?: AbortSignal
  /** Messages of the same channel, event and key replace each other while they wait. */
  readonly coalesceKey?: string
  /** Options of the protocol. */
  readonly [option: string]: unknown
}

/** What became of a publish. Refusals reject instead. */
export type Receipt =
  | { readonly id: string; readonly outcome: 'sent' | 'acknowledged' }
  | { readonly id: string; readonly outcome: 'dropped'; readonly error: RealtimeError<'publish.dropped'> }
  | {
      readonly id: string
      readonly outcome: 'unknown'
      readonly error: RealtimeError<'publish.unknown' | 'publish.timeout'>
    }

export interface ChannelOptions {
  /** Higher ones are joined first. @default 0 */
  readonly priority?: number
  /** Options of the protocol. */
  readonly [option: string]: unknown
}

export type DeliveryOf<C extends Capabilities> =
  | 'volatile'
  | 'at-most-once'
  | (C['ack'] extends 'exactly-once'
      ? 'at-least-once' | 'exactly-once'
      : C['ack'] extends 'at-least-once'
        ? 'at-least-once'
        : never)

/** Any event of a channel, told apart by its name. */
export type AnyMessage<E, M> = {
  [N in EventName<E>]: { readonly event: N; readonly payload: Payload<E, N>; readonly meta: M }
}[EventName<E>]

interface Receiving<E, M extends Meta> {
  readonly name: string
  /** `left`, `joining`, `joined` with what is known of the time before, or `rejected` with the reason. */
  readonly status: Store<ChannelStatus>
  /** Joins the channel and calls the listener for every event; returns its removal. */
  on<N extends EventName<E>>(
    event: N,
    listener: (payload: Payload<E, N>, meta: M) => void,
    options?: ListenOptions<M> & { readonly rate?: Rate<M> & { readonly keep: 'latest' } },
  ): () => void
  /** With `keep: 'all'` the listener gets the payloads of a window as one array. */
  on<N extends EventName<E>>(
    event: N,
    listener: (payloads: readonly Payload<E, N>[], meta: M) => void,
    options: ListenOptions<M> & { readonly rate: Rate<M> & { readonly keep: 'all' } },
  ): () => void
  /** Hears every event of the channel, also those the registry does not know. */
  onAny(listener: (message: AnyMessage<E, M>) => void, options?: Pick<ListenOptions<M>, 'signal'>): () => void
  /** Payloads for `for await`. Listens while the iteration runs; ends with `client.close()`. */
  events<N extends EventName<E>>(event: N, options?: EventsOptions): AsyncIterable<Payload<E, N>>
  /**
   * Runs after every interruption that may have lost something. While its promise is pending, events of
   * this handle wait behind it, in order.
   */
  onGap(handler: (gap: Gap) => unknown, options?: GapOptions): () => void
  /** Wants the channel joined until the result is called, without listening to an event. */
  join(): () => void
  /** Asks again after a refusal, without waiting for the next connection. */
  retry(): void
  /** Removes all that this handle added. `now` skips the linger. */
  leave(options?: { readonly now?: boolean }): void
}

interface Publishing<E, D extends Delivery> {
  /** Resolves when it is known what became of the message; rejects when it was refused. */
  publish<N extends EventName<E>>(event: N, payload: PayloadInput<E, N>, options?: PublishOptions<D>): Promise<Receipt>
}

interface Peopled<E> {
  /** Who is there. Subscribing joins the channel. */
  readonly members: MembersStore<MemberInfo<E>>
}

/** A typed grip on one channel. What the protocol cannot do is not there. */
export type Channel<E, C extends Capabilities = Capabilities, M extends Meta = Meta> = Receiving<E, M> &
  (C['publish'] extends false ? unknown : Publishing<E, DeliveryOf<C>>) &
  (C['presence'] extends false ? unknown : Peopled<E>)

type Args<P extends string> = P extends `${string}{${string}}${string}`
  ? [params: Params<P>, options?: ChannelOptions]
  : [params?: Readonly<Record<string, never>>, options?: ChannelOptions]

/** What users hold. It dials when something needs the connection, and not before. */
export interface Client<R, C extends Capabilities = Capabilities, M extends Meta = Meta, Sep extends string = string> {
  readonly capabilities: C
  readonly status: Store<StatusSnapshot>
  readonly trace: Trace
  /** A channel by its pattern and the values of its holes. */
  channel<P extends Pattern<R>>(pattern: P, ...args: Args<P>): Channel<R[P], C, M>
  /** A channel by its full name, which must belong to a pattern. */
  channel<N extends string>(
    name: N & FullName<R, N, Sep>,
    params?: Readonly<Record<string, never>>,
    options?: ChannelOptions,
  ): Channel<R[PatternOf<R, N, Sep> & keyof R], C, M>
  /** A channel outside the registry, with payloads of unknown type. */
  untyped(name: string, options?: ChannelOptions): Channel<Record<string, unknown>, C, M>
  /** Faults that are not the outcome of any call: of listeners, messages and refused channels. */
  onError(listener: (error: RealtimeError) => void): () => void
  /** Wants the connection until `close()`. Resolves when connected; rejects when that has become impossible. */
  connect(options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Ends a wait for the next try; on a live connection it asks the peer for a sign of life. */
  reconnectNow(): void
  /** Fetches credentials anew. `newIdentity` also drops everything that belongs to the old one. */
  reauthenticate(options?: { readonly newIdentity?: boolean }): void
  /** Closes the socket and keeps everything, until `resume()`. */
  pause(): void
  resume(): void
  /** Ends everything: publishes settle, iterations end. `drainMs` gives waiting publishes that long. */
  close(options?: { readonly drainMs?: number }): Promise<void>
}
