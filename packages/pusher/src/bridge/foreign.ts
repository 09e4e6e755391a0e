/** What the bridge uses of a client that somebody else has made: pusher-js, or our own class. */
export interface ForeignPusher {
  readonly connection: ForeignEmitter & { readonly state: string; readonly socket_id?: string | undefined }
  channel(name: string): ForeignChannel | undefined
  subscribe(name: string): ForeignChannel
  subscribeAll(): void
  unsubscribe(name: string): void
  send_event(event: string, data: unknown, channel?: string): boolean
  connect(): void
  disconnect(): void
}

export interface ForeignEmitter {
  bind(event: string, callback: (data: never) => void): unknown
  unbind(event: string, callback: (data: never) => void): unknown
}

export interface ForeignChannel extends ForeignEmitter {
  readonly name: string
  readonly subscribed: boolean
  unsubscribe(): void
  readonly members?: { readonly members: object; readonly myID?: unknown }
  bind_global(callback: (event: string, data: never) => void): unknown
  unbind_global(callback: (event: string, data: never) => void): unknown
}

/** One message as `connection` tells it. */
export interface ForeignMessage {
  readonly event: string
  readonly channel?: string
  readonly data?: unknown
  readonly user_id?: string
}
