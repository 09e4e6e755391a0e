import type { Clock } from '@org/realtime-core/kit'
import type { PusherApp, Route, Server, ServerOptions, User } from '@org/realtime-server'

/** What one example needs of the server that all share. */
export interface Backend {
  /** Rules of its channels that need no function; others come by `server.authorize()` in `start`. */
  readonly channels?: ServerOptions['channels']
  /** An app of its own, for Pusher's protocol. */
  readonly app?: PusherApp
  /** Rows that programs post to `/ingest`; of one example alone. */
  readonly ingest?: ServerOptions['ingest']
  /** Its pages, such as `/api/bookings`: a page of an example asks for them where it came from. */
  readonly routes?: readonly Route[]
  /** Whose token it is; nothing for one that is not of this example. */
  readonly authenticate?: (token: string) => User | undefined
  /** What it does as long as the server runs; returns what ends it. */
  start?(world: World): () => void | Promise<void>
}

export interface World {
  readonly server: Server
  readonly clock: Clock
  readonly address: Address
  /** Whether somebody has joined a channel, at any node. */
  isWatched(channel: string): boolean
}

/** Where pages find the server: what `/demo.json` says. */
export interface Address {
  /** Host and port. */
  readonly host: string
  /** Of the envelope, over WebSocket. */
  readonly url: string
  /** Of MQTT over TCP, for programs; nothing where something else listens. */
  readonly mqttUrl: string | undefined
  readonly control: { readonly url: string; readonly token: string }
  readonly inspectUrl: string
  /** Which of them it is, where several nodes stand behind the examples. */
  readonly node?: { readonly number: number; readonly of: number }
}

export type CreateBackend = (clock: Clock) => Backend
