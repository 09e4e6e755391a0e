import type { Clock } from '../clock.ts'

/** After so long without anything from anybody Rakit looks for clients to cut. */
const SILENCE_MS = 5000

/** Calls in every silence of so long, as long as it goes on. */
export class Silence {
  readonly #clock: Clock
  readonly #onSilence: () => void
  #heardAt = 0
  #cancel: (() => void) | undefined

  constructor(clock: Clock, onSilence: () => void) {
    this.#clock = clock
    this.#onSilence = onSilence
  }

  /** Something was heard. The timer is left as it is, and looks at this when it is due. */
  heard(): void {
    this.#heardAt = this.#clock.now()
    this.#cancel ??= this.#clock.after(SILENCE_MS, () => this.#look())
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #look(): void {
    const now = this.#clock.now()
    const dueIn = this.#heardAt + SILENCE_MS - now
    if (dueIn <= 0) this.#heardAt = now
    this.#cancel = this.#clock.after(dueIn > 0 ? dueIn : SILENCE_MS, () => this.#look())
    if (dueIn <= 0) this.#onSilence()
  }
}
