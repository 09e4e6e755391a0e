import {
  type Clock,
  createListeners,
  createStore,
  type RealtimeError,
  toFault,
  type WritableStore,
} from '@org/realtime-core/kit'
import type { ChannelAuth, UserAuth } from './auth-options.ts'
import { type ChannelAuthorizer, createChannelAuthorizer } from './channel-auth.ts'
import type { Encryption } from './encryption.ts'
import { dataOf } from './frame.ts'
import { createRateLimit, type RateLimit } from './rate-limit.ts'
import type { WatchlistEvent } from './server-frame.ts'
import { createSignin, type Signin } from './signin.ts'

export interface ProtocolOptions {
  readonly auth?: ChannelAuth
  readonly userAuthentication?: UserAuth
  /** Reads encrypted channels; without it they are refused. */
  readonly encryption?: Encryption
  /** The most client events of this client; one more is refused here. @default 10 in 1000 ms, as at Pusher */
  readonly clientEventRate?: RateLimit | false
  /** The longest client event, as a frame. @default 10000, the least of all servers */
  readonly maxEventBytes?: number
}

/** What all links of one client share. */
export interface Shared {
  readonly authorizer: ChannelAuthorizer
  readonly signin: Signin
  readonly encryption: Encryption | undefined
  readonly mayPublish: (clock: Clock) => boolean
  readonly maxEventBytes: number
  count(channel: string): WritableStore<number | undefined>
  readonly watchlist: ReturnType<typeof createListeners<[change: WatchlistChange]>>
  /** Tells what the listeners of the stores here throw. */
  tell: ((error: RealtimeError) => void) | undefined
  /** Goes on with TLS; false when it is in use already. */
  secure(): boolean
}

/** Who of the watchlist has come online or gone. */
export interface WatchlistChange {
  readonly name: WatchlistEvent['name']
  readonly userIds: readonly string[]
}

export function createShared(options: ProtocolOptions, secure: () => boolean): Shared {
  const { auth = {}, userAuthentication = {}, encryption, maxEventBytes = 10_000 } = options
  const { clientEventRate = { count: 10, perMs: 1000 } } = options
  const report = (cause: unknown): void => shared.tell?.(toFault(cause, 'listener.failed', {}))
  const counts = new Map<string, WritableStore<number | undefined>>()
  const shared: Shared = {
    authorizer: createChannelAuthorizer(auth),
    signin: createSignin(userAuthentication, report),
    encryption,
    mayPublish: createRateLimit(clientEventRate),
    maxEventBytes,
    count(channel) {
      const known = counts.get(channel)
      const store = known ?? createStore<number | undefined>(undefined, report)
      if (!known) counts.set(channel, store)
      return store
    },
    watchlist: createListeners(report),
    tell: undefined,
    secure,
  }
  return shared
}

/** The changes of a `watchlist_events` frame; what makes no sense in it is left out. */
export function toChanges(frame: { readonly data: unknown }): readonly WatchlistChange[] {
  const { events } = dataOf(frame)
  if (!Array.isArray(events)) return []
  return events.flatMap((change: unknown) => {
    const { name, user_ids: ids } = Object(change)
    return typeof name === 'string' && Array.isArray(ids) ? [{ name, userIds: ids.map(String) }] : []
  }) as readonly WatchlistChange[]
}
