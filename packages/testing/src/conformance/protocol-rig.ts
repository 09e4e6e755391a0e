import type { Clock, ConnectionPort, Frame, Protocol, Transport } from '@org/realtime-core/kit'
import type { FarEnd, Pluggable } from '../far-end.ts'
import type { TestServer } from '../protocols/test-server.ts'
import type { TestClientOptions } from '../test-client.ts'
import type { LiveServer } from './live-server.ts'

/** A simulated far end that can do what the statements need. `TestServer` is one. */
export type ConformanceServer = Pluggable &
  Pick<TestServer, 'received' | 'joined' | 'withhold' | 'release' | 'dropAll'> &
  Partial<Pick<TestServer, 'refuse'>> & {
    /** Asks clients to move to a new connection within this window. */
    drain?(windowMs: number): void
    /** Lets go of its timers, at the end of a statement. */
    stop?(): void | Promise<void>
  }

/** A protocol under test. The factory makes a new one for every statement. */
interface Subject {
  readonly protocol: Protocol
  /**
   * A connection that somebody else dials, which the client talks to instead of its own. The protocol then only says
   * what can be done with it, and is never opened.
   */
  readonly port?: (clock: Clock) => ConnectionPort
  /** Keeps that connection from being dialled until the result is called. Needed with a `port`. */
  readonly holdDials?: () => () => void
  /** Three channels that anybody may join. @default a, b, c */
  readonly channels?: readonly [string, string, string]
  /** The event that is published. @default 'message' */
  readonly event?: string
  /** A channel with members, for a protocol that has presence. @default 'presence-a' */
  readonly presenceChannel?: string
  /** Further names of channels and events that have to survive the way to the wire and back. */
  readonly names?: readonly (readonly [channel: string, event: string])[]
  /** Frames that make no sense in any state. @default random bytes, and text that is not JSON */
  readonly malformed?: readonly Frame[]
  /** Further options of the client, such as `credentials`. */
  readonly clientOptions?: TestClientOptions<never, FarEnd>['clientOptions']
}

/** A protocol with a simulated far end: in memory, and on a fake clock. */
export interface ProtocolRig extends Subject {
  readonly server: ConformanceServer
}

/** A protocol with a real far end: over a network, and in real time. */
export interface LiveRig extends Subject {
  readonly url: string
  /** @default the WebSocket of the runtime */
  readonly transport?: Transport
  readonly server: LiveServer
  /** Called at the end of a statement. */
  stop?(): Promise<void>
}
