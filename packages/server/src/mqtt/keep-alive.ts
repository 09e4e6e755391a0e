import type { Clock } from '../clock.ts'

/** How long a client may be silent, in keep alives [MQTT-3.1.2-22]. */
const PATIENCE = 1.5

/** Ends a client that says nothing. One timer for many packets: it looks when the last one came. */
export class KeepAlive {
  readonly #clock: Clock
  #heardAt = 0
  /** The client is not read from: its silence says nothing. */
  #isHeld = false
  #cancel = (): void => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  start(keepAliveMs: number, end: () => void): void {
    this.heard()
    this.#watch(keepAliveMs * PATIENCE, end)
  }

  heard(): void {
    this.#heardAt = this.#clock.now()
  }

  hold(): void {
    this.#isHeld = true
  }

  goOn(): void {
    this.#isHeld = false
    this.heard()
  }

  stop(): void {
    this.#cancel()
  }

  #watch(mostMs: number, end: () => void): void {
    const left = this.#isHeld ? mostMs : this.#heardAt + mostMs - this.#clock.now()
    if (left <= 0) end()
    else this.#cancel = this.#clock.after(left, () => this.#watch(mostMs, end))
  }
}
