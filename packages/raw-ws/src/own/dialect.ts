import type { Frame, Meta, SessionEnd, Verdict } from '@org/realtime-core/kit'

/** What a frame of the server means. */
export type Incoming<M extends Meta = Meta> =
  | {
      readonly type: 'message'
      /** One channel, or all that this message belongs to. */
      readonly channel: string | readonly string[]
      readonly event: string
      readonly payload: unknown
      /** What listeners get beside the payload. It must be an object of its own. */
      readonly meta?: M
    }
  /** The server has let the client in. Only with `hello` in `answers`. */
  | { readonly type: 'ready' }
  /** It has refused to. `final`: for good. */
  | { readonly type: 'denied'; readonly message?: string; readonly final?: boolean }
  /** A channel is joined, or not. Only with `subscribe` in `answers`. */
  | { readonly type: 'joined'; readonly channel: string }
  /** `retryMs`: worth another try after so long. Without it the refusal is final. */
  | { readonly type: 'refused'; readonly channel: string; readonly code?: string; readonly retryMs?: number }
  /** A publish was taken, or not. Only with `publish` in `answers`. */
  | { readonly type: 'ack'; readonly id: string }
  | { readonly type: 'nack'; readonly id: string; readonly code?: string }
  /** The answer to a heartbeat. Any frame is a sign of life; this one also measures the round trip. */
  | { readonly type: 'pong' }

/** One message of this client. */
export interface Outgoing {
  readonly channel: string
  readonly event: string
  /** The payload, or what `encode` made of it. */
  readonly payload: unknown
  /** Unique across clients; stays the same when the message is sent again. */
  readonly id: string
  /** An answer is awaited: `ack` or `nack` with this id. */
  readonly ack: boolean
}

type Answered = 'hello' | 'subscribe' | 'publish'

/** How your server speaks: what it does not do is left out. */
export interface Dialect<M extends Meta = Meta> {
  /** Names it in errors and traces. @default 'codec' */
  readonly name?: string
  readonly subprotocols?: readonly string[]
  /** What the server answers; anything else counts as done once it was sent. @default nothing */
  readonly answers?: readonly Answered[]
  /**
   * Reads a frame. Nothing, or an empty list, is a frame to pass over; what it throws is an error event. Bytes are
   * yours to keep.
   */
  decode(frame: Frame): Incoming<M> | readonly Incoming<M>[] | undefined
  /** The first frame of a connection. */
  hello?(token: string | undefined): Frame | undefined
  /** Asks for a channel. Without it the server sends what it sends, and every channel counts as joined. */
  subscribe?(channel: string): Frame | undefined
  unsubscribe?(channel: string): Frame | undefined
  /** Brings one message to the server. Without it the client only receives. */
  publish?(message: Outgoing): Frame
  /** Turns a payload into what waits to be sent. @default JSON, which `publish` gets back as a value */
  encode?(payload: unknown, event: string): Frame
  /** Keeps the connection, and finds out when it is dead. Without it a silent server looks like an idle one. */
  readonly heartbeat?: {
    readonly frame: Frame | (() => Frame)
    /** Sent after so long without anything sent, or where it is answered without anything received. */
    readonly everyMs: number
    /** How long the server may take to answer it. Without this no answer is expected. */
    readonly answerMs?: number
  }
  /** The last frame of a connection that the client ends. */
  goodbye?(): Frame | undefined
  /** What the end of a connection means. @default 'retry' */
  ended?(end: SessionEnd): Verdict | undefined
  /** A longer frame is refused before it is sent. @default Infinity */
  readonly maxOutgoingBytes?: number
  /** A frame as `client.trace` may show it, without secrets. Without this only its size is shown. */
  describe?(frame: Frame): string
}

/** JSON both ways: `{ channel, event, data }`, and for channels the events `subscribe` and `unsubscribe`. */
export const jsonDialect = {
  decode(frame: Frame): Incoming {
    const { channel, event, data: payload } = JSON.parse(frame as string)
    if (typeof channel !== 'string' || typeof event !== 'string')
      throw new TypeError('Frame has no channel or no event')
    return { type: 'message', channel, event, payload }
  },
  subscribe: (channel: string): Frame => JSON.stringify({ event: 'subscribe', channel }),
  unsubscribe: (channel: string): Frame => JSON.stringify({ event: 'unsubscribe', channel }),
  publish: ({ channel, event, payload }: Outgoing): Frame =>
    JSON.stringify({ channel, event, data: payload }),
} as const satisfies Dialect
