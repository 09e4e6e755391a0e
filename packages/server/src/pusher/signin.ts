import type { PusherConnection } from './connection.ts'
import { isSame, toAuth, toUserText } from './signature.ts'

/** Who signed in, as the app's own server says. */
export interface SignedIn {
  readonly id: string
  readonly info?: unknown
  readonly watchlist: readonly string[]
}

/** What a connection says of who it is. */
export class Signin {
  readonly #connection: PusherConnection
  #user: SignedIn | undefined
  #cancel: (() => void) | undefined

  constructor(connection: PusherConnection) {
    this.#connection = connection
    const { app, pusher } = connection
    const { traits, enableUserAuthentication, limits } = app.settings
    if (enableUserAuthentication && traits.signin === 'forced')
      this.#cancel = pusher.clock.after(limits.signinMs, () =>
        this.#fail('Connection not authorized within timeout.'),
      )
  }

  get user(): SignedIn | undefined {
    return this.#user
  }

  /** Who joins a private channel is known well enough. */
  excuse(): void {
    this.#cancel?.()
  }

  take({ auth, user_data: data }: { readonly auth: string; readonly user_data: string }): void {
    const { app, socketId } = this.#connection
    if (!app.settings.enableUserAuthentication) return this.#connection.misunderstood()
    if (!isSame(auth, toAuth(app.settings, toUserText(socketId, data))))
      return this.#fail('Connection not authorized.')
    const user = toUser(data)
    if (!user) return this.#fail('The returned user data must contain the "id" field.')
    if (this.#user && this.#user.id !== user.id) return this.#fail('Connection is signed in as another user.')
    this.#cancel?.()
    this.#connection.send({ event: 'pusher:signin_success', data: { user_data: data } })
    if (this.#user) return
    this.#user = { ...user, watchlist: this.#toWatchlist(user) }
    this.#connection.channels.open(user.id)
    app.users.enter(user.id, this.#connection, this.#user.watchlist)
  }

  /** The connection is over. */
  stop(): void {
    this.#cancel?.()
    const { app } = this.#connection
    if (this.#user) app.users.leave(this.#user.id, this.#connection, this.#user.watchlist)
  }

  #toWatchlist({ watchlist }: SignedIn): readonly string[] {
    const { traits, limits } = this.#connection.app.settings
    if (!traits.hasWatchlist) return []
    if (watchlist.length <= limits.watchlistUsers) return watchlist
    this.#connection.complain(4302, `The watchlist has more than ${limits.watchlistUsers} users`)
    return []
  }

  #fail(message: string): void {
    this.#connection.end({ code: 4009, message, after: 'close' })
  }
}

function toUser(text: string): SignedIn | undefined {
  try {
    const { id, user_info: info, watchlist } = Object(JSON.parse(text))
    if (typeof id !== 'string' || id === '') return undefined
    const users = Array.isArray(watchlist) ? watchlist.filter((user) => typeof user === 'string') : []
    return { id, info, watchlist: [...new Set(users)] }
  } catch {
    return undefined
  }
}
