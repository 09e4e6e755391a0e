import type { Clock } from './clock.ts'
import type { RealtimeError } from './errors.ts'
import type { Outbox, OutboxSetup } from './outbox.ts'
import type { createPresence, Member } from './presence.ts'
import type { Frame, SessionEnd } from './transport.ts'

/** What the connection does about a failure: try again, try again at once, or stop for good. */
export type Verdict = 'retry' | 'retry-now' | 'stop'

export interface Failure {
  readonly verdict: Verdict
  readonly error: RealtimeError
}

/** What a publish asks for, from least to most. */
export type Delivery = 'volatile' | 'at-most-once' | 'at-least-once' | 'exactly-once'

/** What is known of the time a channel was not joined. `complete` needs proof. */
export type Continuity = 'complete' | 'latest-only' | 'unknown'

/** What a protocol can do. Literal types make a missing capability a compile error. */
export interface Capabilities {
  /** Channels have members. */
  readonly presence: boolean
  /** Who may publish to a channel: nobody, its members, or anyone connected. */
  readonly publish: false | 'members' | 'anyone'
  /** The strongest delivery the peer acknowledges. */
  readonly ack: false | 'at-least-once' | 'exactly-once'
  /** An interruption can end `complete`. */
  readonly history: boolean
  /** Never set: the types of options that only this protocol has. */
  readonly '~options'?: { readonly channel?: object; readonly publish?: object }
}

/** Data about one message, from the protocol (offset, topic, user) and from core. */
export interface Meta {
  channel?: string
  event?: string
  /** How many messages this one stands for, when `rate` let only the latest through. */
  coalesced?: number
  /** How many messages of the window were not kept, with `keep: 'all'`. */
  dropped?: number
  /** Called for a channel whose listeners do not get it: nobody hears it, or it cannot be read. */
  unfit?(): void
}

/** How to speak to one kind of server. An object serves one client, because it may remember its session. */
export interface Protocol<
  C extends Capabilities = Capabilities,
  M extends Meta = Meta,
  Sep extends string = string,
> {
  readonly name: string
  readonly capabilities: C
  /** What separates the levels of a channel name; parameters may not contain it. */
  readonly separator: Sep
  readonly subprotocols?: readonly string[]
  /** Further event names of the wire that a listener of `event` hears, itself included. */
  listensTo?(event: string): readonly string[]
  /** What queues and settles publishes: `createOutbox`. A protocol that only receives does without. */
  readonly outbox?: (setup: OutboxSetup) => Outbox
  /** What keeps members: `createPresence`. A protocol without presence does without. */
  readonly presence?: typeof createPresence
  /** Turns a payload into what `Link.publish` gets. May throw; that publish alone is refused. */
  encode?(payload: unknown, event: string, channel: string): Frame
  /**
   * The newest of what the peer keeps for a channel, where the peer says it only once: a listener that
   * comes late gets it too. Only of these events, or of all where one of them is undefined.
   */
  latest?(channel: string, events: readonly (string | undefined)[]): Iterable<Latest>
  /** A frame as the explain log may show it, without secrets. Without this only its size is told. */
  describe?(frame: Frame): string
  /** Starts the protocol on a session that has just opened. `ready` or `fail` must follow. */
  open(session: LinkSession, events: LinkEvents, opening: Opening): Link
  /** Never set: carries the type of `meta` to the listeners. */
  readonly meta?: M
}

/** One message, its `meta` with channel and event. Its bytes stay valid. */
export type Latest = readonly [meta: Meta, payload: unknown, decode: Decode | undefined]

/** The part of a session that a protocol may use: the connection owns its end. */
export interface LinkSession {
  send(frame: Frame): void
  readonly bufferedBytes: number
}

export interface Opening {
  readonly credentials: unknown
  readonly clock: Clock
  readonly subprotocol: string
  /**
   * What a protocol may do with what it remembers. `kept`: go on where the last link stopped. `settled`:
   * the client was closed, so nothing that was in flight is sent again. `foreign`: it belongs to another
   * identity and is forgotten.
   */
  readonly past: 'kept' | 'settled' | 'foreign'
}

/** A protocol at work on one session. */
export interface Link {
  /** A frame of the peer; its bytes are valid until this returns. What it throws is told as an error event. */
  receive(frame: Frame): void
  /** Asks the peer for any answer. Without it a silent peer cannot be told from an idle one. */
  ping?(): void
  /** Keeps the connection alive at the peer, expecting no answer. Default: `ping`. */
  beat?(): void
  /** Asks for channels; each is answered by `joined` or `refused`, or by a time-out of core. */
  subscribe(requests: readonly SubscribeRequest[]): void
  unsubscribe?(key: string): void
  /** The options of a channel have changed that it may have been asked for. Answers as `subscribe`; may not throw. */
  update?(key: string, options: SubscribeRequest['options']): void
  /**
   * Takes over one message. `sent`: done, nothing more is known of it. `pending`: `settled` follows.
   * A thrown error refuses this message alone.
   */
  publish?(message: OutgoingMessage): 'sent' | 'pending'
  /** New credentials in band; without it the connection is replaced by one that has them. */
  refresh?(credentials: unknown): void
  /** The clean end on the wire, before the session is closed. */
  goodbye?(deadlineMs: number): void | Promise<void>
  /** The one place where a close code gets a meaning. Default: retry. */
  ended?(end: SessionEnd): Failure | undefined
  /**
   * The session is gone: let go of timers. Nothing may be reported afterwards, nor remembered as
   * delivered: a listener may end the link in the middle of a frame.
   */
  dispose?(): void
}

export interface SubscribeRequest {
  readonly key: string
  /** It was joined before and nothing was forgotten: continue where it stopped. */
  readonly recover: boolean
  readonly options: Readonly<Record<string, unknown>>
}

export interface OutgoingMessage {
  /** Stays the same when the message is sent again. */
  readonly id: string
  readonly key: string
  readonly event: string
  readonly payload: Frame
  readonly delivery: Delivery
  /** True from the second time on. */
  readonly resent: boolean
  readonly options: Readonly<Record<string, unknown>>
}

export type Settlement = 'sent' | 'acknowledged' | 'unknown' | 'resend' | { readonly refused: RealtimeError }

export interface Heartbeat {
  /** Ask for an answer after this long without a frame from the peer. */
  readonly receiveIdleMs?: number
  /** How long to wait for that answer. */
  readonly answerMs?: number
  /** Send something after this long without sending. */
  readonly sendIdleMs?: number
}

export interface Ready {
  /** The peer still has our session: publishes in flight stay with the protocol, which has sent them again before. */
  readonly resumed?: boolean
  /** Whether the peer still has our subscriptions. */
  readonly subscriptions?: 'kept' | 'lost'
  /** The protocol drops what it has already delivered, so two links may deliver side by side. */
  readonly positions?: boolean
  readonly heartbeat?: Heartbeat
  readonly limits?: {
    /** How many joins may be unanswered at once; `Infinity` when the protocol sends them as one frame. */
    readonly joins?: number
  }
}

export interface Joined {
  /** For a channel that was joined before. Default `unknown`. */
  readonly continuity?: Continuity
  readonly resumed?: boolean
}

export type MembersChange =
  | { readonly all: readonly Member[]; readonly me?: string }
  | { readonly joined: Member }
  | { readonly left: string }

export type Advice =
  /** The peer is about to go: move to a new connection within this window. */
  | { readonly drainMs: number }
  /** Do not come back earlier than this, when the connection ends. */
  | { readonly retryAfterMs: number }
  /** The credentials are about to expire. */
  | { readonly reauthenticate: true }

/** Turns the undecoded payload of a message into its value. Called at most once per message. */
export type Decode = (payload: unknown) => unknown

/** What a link reports. Calls after the link's end have nowhere to go. */
export interface LinkEvents {
  /** The handshake is acknowledged and the credentials accepted. */
  ready(ready: Ready): void
  joined(key: string, joined?: Joined): void
  /** `retry`: worth another try on this connection; core backs off, or waits the given time. */
  refused(key: string, error: RealtimeError, retry?: boolean | { readonly afterMs: number }): void
  members(key: string, change: MembersChange): void
  /** `meta` belongs to core from here on. Without `decode` the payload is the value. */
  message(
    keys: string | readonly string[],
    event: string,
    payload: unknown,
    meta?: Meta,
    decode?: Decode,
  ): void
  /** A hole in the stream of a joined channel. */
  gap(key: string, continuity: Exclude<Continuity, 'complete'>): void
  settled(publishId: string, settlement: Settlement): void
  /** The answer to the oldest unanswered `ping`. */
  pong(): void
  advice(advice: Advice): void
  /** A fault that ends nothing, such as a frame that cannot be decoded. */
  error(error: RealtimeError): void
  /** The session is of no more use. */
  fail(verdict: Verdict, error: RealtimeError): void
}
