import type { PusherConnection } from './connection.ts'

/**
 * Ends connections that are silent for too long. soketi looks at what it has sent; the others at what they have
 * heard, and ask at half of the time.
 */
export class Silence {
  readonly #connection: PusherConnection
  #at: number
  #hasAsked = false
  #cancel: () => void

  constructor(connection: PusherConnection) {
    this.#connection = connection
    this.#at = connection.pusher.clock.now()
    this.#cancel = this.#look()
  }

  heard(): void {
    if (this.#connection.app.settings.traits.silence === 'asked') this.#note()
  }

  sent(): void {
    if (this.#connection.app.settings.traits.silence === 'sent') this.#note()
  }

  stop(): void {
    this.#cancel()
  }

  #note(): void {
    this.#at = this.#connection.pusher.clock.now()
    this.#hasAsked = false
  }

  /** One timer for many frames: it looks when the last one was. */
  #look(): () => void {
    const { app, pusher } = this.#connection
    const { limits, traits } = app.settings
    const asksAtMs = traits.silence === 'asked' && !this.#hasAsked ? limits.silenceMs / 2 : limits.silenceMs
    const leftMs = this.#at + asksAtMs - pusher.clock.now()
    return pusher.clock.after(leftMs, () => {
      const isDue = pusher.clock.now() >= this.#at + asksAtMs
      if (isDue && asksAtMs === limits.silenceMs) return this.#connection.end(traits.silent)
      if (isDue) {
        this.#hasAsked = true
        this.#connection.send({ event: 'pusher:ping' })
      }
      this.#cancel = this.#look()
    })
  }
}
