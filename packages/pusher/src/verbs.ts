import { type Channels, type Client, fault, type Store } from '@org/realtime-core/kit'
import { toUserChannel } from './names.ts'
import type { PusherCapabilities, PusherMeta } from './protocol.ts'
import type { Shared, WatchlistChange } from './shared.ts'
import type { PusherUser } from './signin.ts'

/** What the Pusher protocol has besides channels. */
export interface PusherVerbs {
  /** The id of this connection, for servers that are not to send us what we caused. */
  readonly socketId: Store<string | undefined>
  /** Who we are signed in as. */
  readonly user: Store<PusherUser | undefined>
  /**
   * Signs in, and again on every connection, also when `connect()` opens a closed client; a new identity ends that.
   * Holds the connection until `close()`. Rejects when the app's server or Pusher refuses.
   */
  signin(): Promise<PusherUser>
  /** Hears events that are sent to the user, from any connection of it, once signed in. */
  onUserEvent(event: string, listener: (payload: unknown, meta: PusherMeta) => void): () => void
  /** Hears who of the user's watchlist comes online and goes. */
  onWatchlist(listener: (change: WatchlistChange) => void): () => void
  /** How many connections are in a channel, where the server tells. */
  subscriptionCount(channel: string): Store<number | undefined>
}

type AnyPusherClient = Client<Channels, PusherCapabilities, PusherMeta, '.'>

export function createVerbs(client: AnyPusherClient, shared: Shared): PusherVerbs {
  const { signin } = shared
  client.status.subscribe(({ status, lastError }) => {
    if (status === 'closed' || status === 'failed') signin.giveUp(lastError ?? fault('connection.closed', {}))
  })

  return {
    user: signin.user,
    socketId: signin.socketId,
    signin() {
      const signedIn = signin.signin()
      // What goes wrong is told by the promise of signing in.
      client.connect().catch(() => {})
      return signedIn
    },
    onUserEvent(event, listener) {
      let stop = (): void => {}
      const follow = (user: PusherUser | undefined): void => {
        stop()
        stop = user ? client.untyped(toUserChannel(user.id)).on(event, listener) : () => {}
      }
      follow(signin.user.get())
      const unfollow = signin.user.subscribe(follow)
      return () => {
        unfollow()
        stop()
      }
    },
    onWatchlist: shared.watchlist.add,
    subscriptionCount: shared.count,
  }
}
