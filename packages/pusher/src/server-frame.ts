/** The frames of a server, as they are on the wire. */
export type ServerFrame =
  | {
      readonly event: 'pusher:connection_established'
      readonly data: { readonly socket_id: string; readonly activity_timeout: number }
    }
  | {
      readonly event: 'pusher:error'
      readonly channel?: string
      readonly data: { readonly code: number | null; readonly message: string }
    }
  | { readonly event: 'pusher:ping' | 'pusher:pong'; readonly data?: object }
  | { readonly event: 'pusher:signin_success'; readonly data: { readonly user_data: string } }
  | {
      readonly event: 'pusher_internal:subscription_succeeded'
      readonly channel: string
      readonly data?: { readonly presence?: WirePresence }
    }
  | {
      readonly event: 'pusher:subscription_error'
      readonly channel: string
      readonly data: { readonly type?: string; readonly error?: string; readonly status?: number }
    }
  | {
      readonly event: 'pusher_internal:member_added'
      readonly channel: string
      readonly data: { readonly user_id: string | number; readonly user_info?: unknown }
    }
  | {
      readonly event: 'pusher_internal:member_removed'
      readonly channel: string
      readonly data: { readonly user_id: string | number }
    }
  | {
      readonly event: 'pusher_internal:subscription_count'
      readonly channel: string
      readonly data: { readonly subscription_count: number }
    }
  | {
      readonly event: 'pusher_internal:watchlist_events'
      readonly data: { readonly events: readonly WatchlistEvent[] }
    }
  | { readonly event: 'pusher:cache_miss'; readonly channel: string; readonly data?: object }
  | EventFrame

/** An event of the app: one that a server publishes, or a client event on its way to the others. */
export interface EventFrame {
  readonly event: string
  readonly channel: string
  readonly data?: unknown
  readonly user_id?: string
}

export interface WirePresence {
  readonly ids: readonly (string | number)[]
  readonly hash?: { readonly [id: string]: unknown }
  readonly count?: number
}

export interface WatchlistEvent {
  readonly name: 'online' | 'offline'
  readonly user_ids: readonly string[]
}

/** How a server writes `data`: as JSON in a string, as Pusher and Reverb do, or as it is. */
export type DataStyle = 'string' | 'object'

/**
 * Writes a frame of a server. In the style `string` everything becomes JSON in a string, but for a string, which
 * a publisher has encoded already.
 */
export function writeServerFrame(frame: ServerFrame, style: DataStyle = 'string'): string {
  const { data } = frame
  if (style === 'object' || data === undefined || typeof data === 'string') return JSON.stringify(frame)
  return JSON.stringify({ ...frame, data: JSON.stringify(data) })
}
