const MOST_BYTES = 1_048_576
/** What anything that waits weighs besides its frames. */
const OWN_BYTES = 64

/** What waits while one client holds everybody up. */
export class Turnstile {
  #holder: object | undefined
  #letGo = (): void => {}
  #waiting: (() => void)[] = []
  #bytes = 0

  get isHeld(): boolean {
    return this.#holder !== undefined
  }

  /** Runs at once, or when whoever holds everybody up has let go. */
  pass(who: object, bytes: number, run: () => void): void {
    if (!this.#holder || this.#holder === who) return run()
    this.#waiting.push(run)
    this.#bytes += bytes + OWN_BYTES
    // Rakit leaves it to the kernel, which makes senders wait. Here it would only grow.
    if (this.#bytes > MOST_BYTES) this.#letGo()
  }

  /** `letGo` is called when it takes too long; it must release. */
  hold(who: object, letGo: () => void): void {
    this.#holder = who
    this.#letGo = letGo
  }

  release(who: object): void {
    if (this.#holder !== who) return
    this.#holder = undefined
    const waiting = this.#waiting
    this.#waiting = []
    this.#bytes = 0
    for (const [index, run] of waiting.entries()) {
      if (this.#holder) return void this.#waiting.unshift(...waiting.slice(index))
      run()
    }
  }
}
