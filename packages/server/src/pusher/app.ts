import type { Numbers } from '../ranges.ts'
import type { Dialect } from './dialect.ts'
import type { WebhookOptions } from './webhook-options.ts'

/** Limits and times of one app, where they differ from those of the server. */
export interface PusherLimits extends Partial<Numbers<'pusher'>> {
  /** Data of one event. @default 102400 with `soketi`, else 10000 */
  readonly eventBytes?: number
  /** Body of one request to the HTTP API. @default 10000 with `reverb`, else 1048576 */
  readonly bodyBytes?: number
}

/** One app: whoever knows its key may connect, whoever knows its secret may publish. */
export interface PusherApp {
  readonly id: string
  readonly key: string
  readonly secret: string
  /**
   * 32 bytes in base64, the same as the backend's: `/broadcasting/auth` then gives out the keys of encrypted
   * channels. @default none, and encrypted channels are not signed here
   */
  readonly encryptionMasterKeyBase64?: string
  /** @default true */
  readonly enabled?: boolean
  /** Which server it behaves like. @default that of the option `pusher.dialect` */
  readonly dialect?: Dialect
  /** Pages that may connect, besides what `origins` says. @default all of those */
  readonly allowedOrigins?: readonly string[]
  /** Whether members of private and presence channels may send to each other. @default false */
  readonly enableClientMessages?: boolean
  /** Whether clients sign in. With `soketi` everybody has to, within `signinMs`. @default true with `pusher`, else false */
  readonly enableUserAuthentication?: boolean
  /** Whether channels tell how many listen, with the dialect `pusher`. @default false */
  readonly enableSubscriptionCount?: boolean
  /** Connections at once; -1 for no limit. @default -1 */
  readonly maxConnections?: number
  /** Events per second over HTTP, one for each channel; -1 for no limit. @default -1 */
  readonly maxBackendEventsPerSecond?: number
  /** Client events per second and connection; with `reverb` all frames count. -1 for no limit. @default 10 with `pusher`, else 100 */
  readonly maxClientEventsPerSecond?: number
  /** Questions per second over HTTP; -1 for no limit. @default -1 */
  readonly maxReadRequestsPerSecond?: number
  /** Where its webhooks go. @default none */
  readonly webhooks?: readonly WebhookOptions[]
  readonly limits?: PusherLimits
}

/**
 * Finds an app by its key, for clients, or by its id, for the HTTP API. What it finds is kept for `appCacheMs`. While
 * it throws or gives no answer, clients and backends are told to come back.
 */
export type FindApp = (
  by: { readonly key: string } | { readonly id: string },
) => PusherApp | undefined | null | Promise<PusherApp | undefined | null>

export interface PusherOptions extends PusherLimits {
  /** @default one app for development: id `app-id`, key `app-key`, secret `app-secret` */
  readonly apps?: readonly PusherApp[] | FindApp
  /**
   * Further apps: a file of JSON that lists them, and is read anew when it changes. One that is broken changes
   * nothing. @default none
   */
  readonly appsFile?: string
  /** Which server it behaves like. @default 'pusher' */
  readonly dialect?: Dialect
  /** Whether `/broadcasting/auth` and `/broadcasting/user-auth` are served, by the rules of `authorize`. @default true */
  readonly auth?: boolean
}
