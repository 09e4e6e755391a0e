import type {
  AnyMessage,
  Capabilities,
  Channels,
  Client,
  ClientOptions,
  DeliveryOf,
  Meta,
  Provider,
  PublishOptions,
  Receipt,
  Store,
} from '@org/realtime-core/kit'
import type { StrictCapabilities, StrictMeta } from './strict-protocol.ts'

/** What every client of core takes, less what a profile sets itself. */
export type CommonOptions<R extends Channels> = Omit<
  ClientOptions<R, Capabilities, Meta, string>,
  'protocol' | 'credentials'
>

export interface RawWsOptions<R extends Channels> extends CommonOptions<R> {
  /**
   * Who this client is. A function is called before every dial, and when the server says that the token is about
   * to end; what it returns then is sent on the connection as it is.
   */
  readonly token?: Provider<string | undefined>
}

export interface StrictOptions<R extends Channels> extends RawWsOptions<R> {
  readonly codec?: never
  /**
   * Shows payloads in `client.trace`. Tokens and sessions are never shown.
   * @default false
   */
  readonly tracePayloads?: boolean
}

/** What the profile `strict` has besides channels. */
export interface Raw {
  /** The id that others reach this client by: nothing until it is connected. A lost connection does not change it. */
  readonly id: Store<string | undefined>
  /**
   * Sends to one client, by its id. Resolves with how it ended; rejects when the server refused it, with `code`
   * `not-found` in its details when nobody has that id. `acknowledged`: it was written to the other's connection.
   */
  sendTo(
    clientId: string,
    event: string,
    payload: unknown,
    options?: PublishOptions<DeliveryOf<'at-least-once'>>,
  ): Promise<Receipt>
  /** Hears what is sent to this client alone; returns its removal. Holds the connection, as a channel does. */
  onDirect(listener: (message: DirectMessage) => void): () => void
}

/** A message for this client alone; `meta.from` is the id of its sender. */
export type DirectMessage = AnyMessage<Channels, string, StrictMeta>

export type StrictClient<R extends Channels> = Client<R, StrictCapabilities, StrictMeta, '.'> & {
  readonly raw: Raw
}
