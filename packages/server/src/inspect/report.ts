import type { StoreState } from '../adapter.ts'
import type { NodeReport } from '../cluster.ts'

/** What `/_inspect/stream` tells, a line of JSON each. */
export type InspectLine =
  | Hello
  | State
  | ClusterState
  | Occurrence
  /** So many lines were left out, because there were too many. */
  | { readonly kind: 'lost'; readonly lines: number }

export interface Hello {
  readonly kind: 'hello'
  readonly mode: 'development' | 'production'
  /** Milliseconds since 1970, of the server. */
  readonly startedAt: number
  /** Whether `/_control` is served, for whoever has its token. */
  readonly control: boolean
}

/** How things are, told every second. */
export interface State {
  readonly kind: 'state'
  readonly at: number
  /** The newest of them. */
  readonly connections: readonly ConnectionReport[]
  readonly connectionCount: number
  /** Those of the most connections. */
  readonly channels: readonly ChannelReport[]
  readonly channelCount: number
  /** Per second, since the last report. */
  readonly rates: Rates
  /** Of what the process may have. */
  readonly memoryPercent: number
}

/** The nodes that share a store with this one, told every second where there is a store. */
export interface ClusterState {
  readonly kind: 'cluster'
  readonly at: number
  /** The one that tells. */
  readonly node: string
  readonly store: StoreState
  /** This one alone while the store is away. */
  readonly nodes: readonly NodeReport[]
}

export interface Rates {
  readonly framesIn: number
  readonly framesOut: number
  readonly bytesIn: number
  readonly bytesOut: number
}

export interface ConnectionReport {
  readonly id: string
  readonly endpoint: string
  readonly address: string
  readonly since: number
  readonly client?: string
  readonly user?: string
  /** The first of them. */
  readonly channels: readonly string[]
  readonly channelCount: number
  readonly framesIn: number
  readonly framesOut: number
  readonly bufferedBytes: number
}

export interface ChannelReport {
  readonly endpoint: string
  readonly name: string
  readonly subscribers: number
}

export type Occurrence =
  | FrameReport
  | {
      readonly kind: 'connect'
      readonly at: number
      readonly connection: string
      readonly endpoint: string
      readonly address: string
    }
  | {
      readonly kind: 'disconnect'
      readonly at: number
      readonly connection: string
      readonly endpoint: string
      readonly code: number
      readonly reason: string
    }
  | { readonly kind: 'crash'; readonly at: number; readonly where: string; readonly message: string }

export interface FrameReport {
  readonly kind: 'frame'
  readonly at: number
  /** `in`: from the client. */
  readonly direction: 'in' | 'out'
  readonly connection: string
  readonly endpoint: string
  /** As its protocol calls it. */
  readonly type: string
  readonly channels: readonly string[]
  readonly bytes: number
  /** What it carries, without secrets and not without end; only when asked. */
  readonly text?: string
}

/** What `/_inspect/members` answers. */
export interface MembersReport {
  readonly members: readonly { readonly id: string; readonly info?: unknown }[]
  readonly memberCount: number
}
