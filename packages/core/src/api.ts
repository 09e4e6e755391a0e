import type { ChannelStatus } from './channel-status.ts'
import type { ClientEnvironment, Environment } from './environment.ts'
import type { RealtimeError } from './errors.ts'
import type { EventsOptions } from './event-stream.ts'
import type { GapHandler, GapOptions } from './gap.ts'
import type { Match } from './pattern.ts'
import type { MembersStore } from './presence.ts'
import type { Capabilities, Delivery, Meta } from './protocol.ts'
import type { Rate } from './rate.ts'
import type { Channels, Events, ExactPattern, InfoOf, OpenPattern, Params, Pattern } from './registry.ts'
import type { StatusSnapshot } from './status.ts'
import type { Store } from './store.ts'
import type { Trace } from './trace.ts'
import type { Input, Output, Schema } from './validate.ts'

export type { ChannelStatus } from './channel-status.ts'
export type { EventsOptions } from './event-stream.ts'
export type { GapHandler, GapOptions } from './gap.ts'

/** What a listener with `rate` gets of a window: its newest payload, or an array of them. */
export type Keep = Rate['keep']

/** {@link Rate} with the types of one event. */
export interface ListenRate<T, M extends Meta, K extends Keep> extends Omit<Rate, 'keep' | 'key'> {
  /** The newest payload of the window, or all of them as one array. */
  readonly keep: K
  /** What counts as one series. From `meta` nothing is decoded; from the payload everything is. */
  readonly key?: ((meta: M) => string) | { readonly payload: (payload: T) => string }
}

export interface ListenOptions<T = unknown, M extends Meta = Meta, K extends Keep = 'latest'> {
  /** Removes the listener when aborted. */
  readonly signal?: AbortSignal
  /** Lets the listener see fewer messages than arrive, without ever losing the last one. */
  readonly rate?: ListenRate<T, M, K>
}

/** The deliveries a protocol can give that acknowledges `A`. */
export type DeliveryOf<A extends Capabilities['ack']> =
  | 'volatile'
  | 'at-most-once'
  | (A extends false ? never : A extends 'at-least-once' ? A : 'at-least-once' | 'exactly-once')

export interface PublishOptions<D extends Delivery = Delivery> {
  /** @default 'at-most-once' */
  readonly delivery?: D
  /** How long it may wait or be unanswered. @default `outbox.ttlMs`, and no limit from at-least-once on */
  readonly ttlMs?: number
  /** Gives it up when aborted: dropped while it waits, unknown once it is on its way. */
  readonly signal?: AbortSignal
  /** Messages of the same channel, event and key replace each other while they wait. */
  readonly coalesceKey?: string
  readonly [protocolOption: string]: unknown
}

/** How a publish ended. */
export type Receipt =
  | { readonly id: string; readonly outcome: 'sent' | 'acknowledged' }
  | { readonly id: string; readonly outcome: 'dropped'; readonly error: RealtimeError<'publish.dropped'> }
  | {
      readonly id: string
      readonly outcome: 'unknown'
      readonly error: RealtimeError<'publish.unknown' | 'publish.timeout'>
    }

export interface ChannelOptions {
  /** Channels of a higher priority are joined first. @default 0 */
  readonly priority?: number
  readonly [protocolOption: string]: unknown
}

/** The type of options that only this protocol has, where it is known. */
type OptionsOf<C extends Capabilities, K extends 'channel' | 'publish'> = C extends {
  readonly '~options'?: { readonly [N in K]: infer O }
}
  ? O
  : unknown

/** One message of any event, as a union to switch on by `event`. */
export type AnyMessage<R extends Channels, P extends Pattern<R>, M extends Meta = Meta> = MessageOf<R[P], M>

export type MessageOf<V extends Events, M extends Meta> = {
  [E in keyof V & string]: { readonly event: E; readonly payload: Output<V[E]>; readonly meta: M }
}[keyof V & string]

/** The part of a channel that every protocol has. `V`: its events. */
export interface ListeningChannel<V extends Events, M extends Meta = Meta> {
  /** What bindings need of its client. */
  readonly '~env': Environment
  /** Never set: lets bindings read the types of a channel. */
  readonly '~types'?: { readonly events: V; readonly meta: M }
  readonly name: string
  readonly status: Store<ChannelStatus>
  // `Output` is written out here: as an alias it doubles what each call costs the type checker (bench/types).
  /** Joins the channel and calls the listener for every message of that event; returns its removal. */
  on<E extends keyof V & string>(
    event: E,
    listener: (payload: V[E] extends Schema<unknown, infer O> ? O : never, meta: M) => void,
    options?: ListenOptions<Output<V[E]>, M>,
  ): () => void
  /** With `keep: 'all'` the listener gets the payloads of a window as one array. */
  on<E extends keyof V & string>(
    event: E,
    listener: (payloads: readonly Output<V[E]>[], meta: M) => void,
    options: ListenOptions<Output<V[E]>, M, 'all'>,
  ): () => void
  /** As `on`, for every event of the channel. */
  onAny(
    listener: (message: MessageOf<V, M>) => void,
    options?: ListenOptions<Output<V[keyof V & string]>, M>,
  ): () => void
  /** The payloads of an event as an async iterable. Listening starts and ends with the iteration. */
  events<E extends keyof V & string, O extends EventsOptions>(
    event: E,
    options?: O,
  ): AsyncIterable<
    O extends { readonly meta: true } ? readonly [payload: Output<V[E]>, meta: M] : Output<V[E]>
  >
  /** Runs once per interruption that may have lost something; holds events back until its promise settles. */
  onGap(handler: GapHandler, options?: GapOptions): () => void
  /** Joins without listening; the result lets go. */
  join(): () => void
  /** Asks again after a rejection. */
  retry(): void
  /** Removes all listeners of this handle. With `now` the channel does not linger. */
  leave(options?: { readonly now?: boolean }): void
}

/** What a channel has besides when its protocol can publish. */
export interface PublishingChannel<V extends Events, C extends Capabilities = Capabilities> {
  /**
   * Sends one message. Resolves with how it ended; rejects with a RealtimeError when it was refused,
   * here or by the server.
   */
  publish<E extends keyof V & string>(
    event: E,
    payload: Input<V[E]>,
    options?: PublishOptions<DeliveryOf<C['ack']>> & OptionsOf<C, 'publish'>,
  ): Promise<Receipt>
}

/** What a channel has besides when its protocol has presence. */
export interface PresenceChannel<V extends Events> {
  readonly members: MembersStore<InfoOf<V>>
}

/** One user's grip on a channel: its own listeners, over a subscription shared by all grips on that name. */
export type Channel<
  R extends Channels,
  P extends Pattern<R>,
  C extends Capabilities = Capabilities,
  M extends Meta = Meta,
> = ListeningChannel<R[P], M> &
  ([C['publish']] extends [false] ? unknown : PublishingChannel<R[P], C>) &
  ([C['presence']] extends [false] ? unknown : PresenceChannel<R[P]>)

/** `N` itself where a pattern fits it, else a sentence that says why not. */
export type FullName<R extends Channels, N extends string, S extends string> = [
  Match<Pattern<R>, N, S>,
] extends [never]
  ? Unmatched<R, N>
  : N

type Unmatched<R extends Channels, N extends string> = string extends N
  ? 'a name that is only known as string goes to untyped()'
  : N extends OpenPattern<R>
    ? `'${N}' wants '${keyof Params<N> & string}' in its second argument`
    : `no channel pattern matches '${N}'`

/** The part of a client that does not depend on its registry or protocol: what bindings can hold any of. */
export interface AnyClient {
  /** What bindings and tools need: what it lives by, where to report, and its channels. */
  readonly '~env': ClientEnvironment
  readonly capabilities: Capabilities
  readonly status: Store<StatusSnapshot>
  readonly trace: Trace
  /** Holds the connection until `close()`. Resolves once connected; rejects when it gives up, is closed or aborted. */
  connect(options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Tries again at once instead of waiting. */
  reconnectNow(): void
  /** Asks for credentials anew. With `newIdentity` nothing of the old identity is kept. */
  reauthenticate(options?: { readonly newIdentity?: boolean }): void
  pause(): void
  resume(): void
  /** Ends everything at once, or after what waits is sent, for at most `drainMs`. */
  close(options?: { readonly drainMs?: number }): Promise<void>
  /** Faults that reject nothing: a listener that threw, a message that does not fit its schema. */
  onError(listener: (error: RealtimeError) => void): () => void
}

/** The one object that users hold. */
export interface Client<
  R extends Channels = Channels,
  C extends Capabilities = Capabilities,
  M extends Meta = Meta,
  S extends string = string,
> extends AnyClient {
  readonly capabilities: C
  /** A channel by its pattern and parameters. Does nothing on the wire until it is used. */
  channel<P extends OpenPattern<R>>(
    pattern: P,
    params: Params<P>,
    options?: ChannelOptions & OptionsOf<C, 'channel'>,
  ): Channel<R, P, C, M>
  /** A channel without parameters. */
  channel<P extends ExactPattern<R>>(
    name: P,
    options?: ChannelOptions & OptionsOf<C, 'channel'>,
  ): Channel<R, P, C, M>
  /** A channel by its full name, where a pattern fits it. */
  channel<N extends string>(
    name: FullName<R, N, S>,
    options?: ChannelOptions & OptionsOf<C, 'channel'>,
  ): Channel<R, Match<Pattern<R>, N, S>, C, M>
  /** A channel that the registry does not know; its payloads are `unknown`. */
  untyped(name: string, options?: ChannelOptions & OptionsOf<C, 'channel'>): Channel<Channels, string, C, M>
  /** Never set: lets bindings read the types of a client. */
  readonly '~types'?: {
    readonly channels: R
    readonly capabilities: C
    readonly meta: M
    readonly separator: S
  }
}

/** The registry, capabilities, meta and separator of a client type. */
export type TypesOf<T extends { readonly '~types'?: unknown }> = NonNullable<T['~types']>
