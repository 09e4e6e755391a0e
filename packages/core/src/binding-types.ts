import type {
  AnyClient,
  Client,
  ListeningChannel,
  ListenOptions,
  MessageOf,
  Receipt,
  TypesOf,
} from './api.ts'
import type { FoldOptions } from './latest.ts'
import type { Match } from './pattern.ts'
import type { MembersStore } from './presence.ts'
import type { Capabilities, Meta } from './protocol.ts'
import type { Channels, Events, Pattern, Register, RegisteredChannels } from './registry.ts'
import type { Output } from './validate.ts'

/** The client that `G` names under `client`, else one of the channels it names. */
export type ClientOf<G> = G extends { readonly client: infer T extends TypedClient }
  ? T
  : Client<RegisteredChannels>

/** The client named by {@link Register}: `interface Register { client: typeof client }`. */
export type RegisteredClient = ClientOf<Register>

/** A channel of whatever type: inside, bindings know no more. */
export type AnyChannel = ListeningChannel<Events>

/** A client whose types can be read off: any that was made by us. */
export interface TypedClient extends AnyClient {
  readonly '~types'?: {
    readonly channels: Channels
    readonly capabilities: Capabilities
    readonly meta: Meta
    readonly separator: string
  }
}

/** The pattern that a full name belongs to. */
export type MatchOf<T extends TypedClient, N extends string> = Match<
  Pattern<TypesOf<T>['channels']>,
  N,
  TypesOf<T>['separator']
>

/** What to listen to: one channel, several, or none for the time being. */
export type Target<V extends Events, M extends Meta> =
  | ListeningChannel<V, M>
  | readonly ListeningChannel<V, M>[]
  | undefined

/** One message of one of the events `E`, as a union to switch on by `event`. */
export type MessageOfEvents<V extends Events, E extends keyof V & string, M extends Meta> = MessageOf<
  { readonly [K in E]: V[K] },
  M
>

/** How to listen to events: `rate` as in core, without `signal`, because the component's end is the end. */
export type EventOptions<T = unknown, M extends Meta = Meta, K extends 'latest' | 'all' = 'latest'> = Pick<
  ListenOptions<T, M, K>,
  'rate'
>

/** What publishes: a channel, whatever its types. */
export interface Publishes {
  readonly publish: (event: never, payload: never, options?: never) => Promise<Receipt>
}

/** What has members: a channel of a protocol with presence. */
export interface HasMembers<I> {
  readonly members: MembersStore<I>
}

/** A function per event that makes the next state. */
export type Reducers<V extends Events, M extends Meta, S> = {
  readonly [E in keyof V & string]?: (state: S, payload: Output<V[E]>, meta: M) => S
}

/** Shows a part of a state; a change of the rest shows nothing. */
export interface Select<S, T> {
  readonly select?: (state: S) => T
}

export type ReducerOptions<S, T> = FoldOptions & Select<S, T>
