/** What waits while one client holds everybody up. */
export class Turnstile {
  #holder: object | undefined
  #waiting: (() => void)[] = []

  get isHeld(): boolean {
    return this.#holder !== undefined
  }

  /** Runs at once, or when whoever holds everybody up has let go. Tells whether it was at once. */
  pass(who: object, run: () => void): boolean {
    const isFree = !this.#holder || this.#holder === who
    if (isFree) run()
    else this.#waiting.push(run)
    return isFree
  }

  hold(who: object): void {
    this.#holder = who
  }

  release(who: object): void {
    if (this.#holder !== who) return
    this.#holder = undefined
    const waiting = this.#waiting
    this.#waiting = []
    for (const [index, run] of waiting.entries()) {
      if (this.#holder) return void this.#waiting.unshift(...waiting.slice(index))
      run()
    }
  }
}
