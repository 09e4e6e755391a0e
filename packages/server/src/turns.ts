/** Calls about one key, each after the one before it is over; those about others go on meanwhile. */
export class Turns<T> {
  readonly #tails = new Map<string, Promise<T>>()

  /** The one of this key that comes last so far. */
  last(key: string): Promise<T> | undefined {
    return this.#tails.get(key)
  }

  run(key: string, call: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key)
    const result = before ? before.then(call, call) : call()
    this.#tails.set(key, result)
    const done = (): void => {
      if (this.#tails.get(key) === result) this.#tails.delete(key)
    }
    result.then(done, done)
    return result
  }
}
