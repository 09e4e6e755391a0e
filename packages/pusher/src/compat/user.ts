import type { RealtimeError } from '@org/realtime-core/kit'
import { dataOf, decodeData, type PusherFrame } from '../frame.ts'
import { toUserChannel } from '../names.ts'
import type { PusherClient } from '../pusher.ts'
import { Emitter } from './emitter.ts'
import { toAuthError } from './errors.ts'

/** `pusher.user`: signing in, events to the user, and the watchlist. */
export class UserFacade extends Emitter {
  signin_requested = false
  user_data: { readonly id: string; readonly [field: string]: unknown } | null = null
  /** Done when signing in is, whether it worked or not. Never rejects. */
  signinDonePromise: Promise<void> | null = null
  readonly watchlist: Emitter
  readonly #client: () => PusherClient
  readonly #log: (error: RealtimeError) => void
  #leave: (() => void) | undefined

  constructor(
    client: () => PusherClient,
    failed: (error: unknown) => void,
    log: (error: RealtimeError) => void,
  ) {
    super(failed)
    this.#client = client
    this.#log = log
    this.watchlist = new Emitter(failed)
  }

  signin(): void {
    if (this.signin_requested) return
    this.signin_requested = true
    this.resume()
  }

  /** For internal use: a new client is there. */
  resume(): void {
    if (!this.signin_requested) return
    const { pusher } = this.#client()
    this.signinDonePromise = pusher.signin().then(
      () => {},
      (error) => {
        this.#log(error)
        this.emit('pusher:signin_error', toAuthError(error))
      },
    )
  }

  /** For internal use: the connection is gone. */
  disconnect(): void {
    this.user_data = null
  }

  /** For internal use. */
  handleEvent(frame: PusherFrame): void {
    const { event, channel, data } = frame
    if (event === 'pusher:signin_success') this.#signedIn(decodeData(dataOf(frame)['user_data']))
    else if (event === 'pusher_internal:watchlist_events') {
      const { events } = dataOf(frame)
      if (Array.isArray(events)) for (const change of events) this.watchlist.emit(change.name, change)
    } else if (
      this.user_data &&
      channel === toUserChannel(this.user_data.id) &&
      !/^pusher(_internal)?:/.test(event)
    )
      this.emit(event, decodeData(data))
  }

  #signedIn(user: unknown): void {
    const { id } = Object(user)
    if (typeof id !== 'string' || !id) return
    this.user_data = user as { readonly id: string }
    this.#leave?.()
    this.#leave = this.#client().untyped(toUserChannel(id)).join()
  }
}
