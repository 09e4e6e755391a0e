import type { Denial } from '../authorize.ts'
import type { Direction } from '../wire.ts'

/** What a rule is about: all that it names. One that names nothing is about everything. */
export interface FaultScope {
  /** Id of one connection. */
  readonly connection?: string
  /** Name of an endpoint, such as `raw`. */
  readonly endpoint?: string
  readonly client?: string
  readonly user?: string
  /** A channel, or a pattern such as `room.{id}`. */
  readonly channel?: string
}

/** When a rule strikes, among all that it is about. */
export interface FaultCount {
  /** From this one on, counted from 1; alone it means this one only. @default 1 */
  readonly nth?: number
  /** So many times. @default 1 with `nth`, else without end */
  readonly times?: number
}

/** What can happen to a connection. */
export type ConnectionFault =
  | { readonly do: 'close'; readonly code: number; readonly reason?: string; readonly afterMs?: number }
  /** Ends TCP without a word. */
  | { readonly do: 'cut'; readonly afterMs?: number }
  /** Nothing is read, or written, while TCP stays open. What was held back goes on afterwards. */
  | { readonly do: 'freeze'; readonly what?: 'reads' | 'writes' | 'both'; readonly forMs?: number }
  /** Asks the client to move within this time. */
  | { readonly do: 'drain'; readonly windowMs: number }
  /** Asks it not to come back earlier than this. */
  | { readonly do: 'later'; readonly ms: number }
  /** Its token is over, after a last warning when there is time. */
  | { readonly do: 'expire'; readonly inMs?: number }

/** What can happen to a frame. */
export type FrameFault =
  | { readonly do: 'drop' }
  | { readonly do: 'delay'; readonly ms: number }
  | { readonly do: 'duplicate' }
  /** It arrives after the next one. */
  | { readonly do: 'reorder' }
  /** Makes no sense any more. Packets of MQTT alone. */
  | { readonly do: 'malform' }
  /** Is about another packet than it was. Packets of MQTT alone. */
  | { readonly do: 'wrong-id' }

type Refusing = { readonly do: 'refuse'; readonly code?: Denial['refuse']; readonly retryMs?: number }

/** What can be done at which moment. */
export interface FaultsAt {
  /** Before the HTTP upgrade is answered. */
  readonly upgrade:
    | { readonly do: 'stall'; readonly forMs?: number }
    | { readonly do: 'refuse'; readonly status?: number }
  /** When a connection was accepted. */
  readonly open: ConnectionFault
  /** At once, to all connections that are there; or to a channel. */
  readonly now:
    | ConnectionFault
    /** Forgets the history of the channel; its offsets go on. */
    | { readonly do: 'evict'; readonly channel: string }
    /** Starts the channel anew: another epoch. */
    | { readonly do: 'restart'; readonly channel: string }
  /** On the way of a frame. `type`: as the protocol calls it. */
  readonly frame: { readonly direction?: Direction; readonly type?: string } & (FrameFault | ConnectionFault)
  /** When a client says who it is. Sessions are those it names. */
  readonly hello:
    | {
        readonly do: 'deny'
        readonly code?: 'unauthenticated' | 'expired' | 'rate-limited' | 'limit' | 'unavailable'
        readonly retryMs?: number
      }
    | { readonly do: 'forget-session' | 'split-session' }
  /** What is told to a client that is let in. */
  readonly welcome: {
    readonly do: 'advertise'
    readonly frameBytes?: number
    readonly channels?: number
    readonly joins?: number
    readonly idleMs?: number
    readonly answerMs?: number
  }
  /** When a channel is asked for. `limit`: refuses what is over so many in this time. */
  readonly join: Refusing | { readonly do: 'limit'; readonly count: number; readonly perMs: number }
  /** When something is published. */
  readonly publish: Refusing
}

export type FaultMoment = keyof FaultsAt

/** One fault, as JSON can carry it. */
export type FaultRule<A extends FaultMoment = FaultMoment> = A extends FaultMoment
  ? FaultScope & FaultCount & { readonly at: A } & FaultsAt[A]
  : never
