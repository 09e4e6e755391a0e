interface LanesNeeds {
  /** More waits than may be kept, or no longer. */
  readonly hold: () => void
  readonly release: () => void
  readonly crash: (error: unknown) => void
  readonly mostBytes: number
}

/**
 * Keeps the order of what a client asks about one channel while some of it waits for an answer. When too much
 * waits, the client is held back.
 */
export class Lanes {
  readonly #needs: LanesNeeds
  readonly #tails = new Map<string, Promise<void>>()
  #bytes = 0

  constructor(needs: LanesNeeds) {
    this.#needs = needs
  }

  /** At once when nothing of the same lane waits. */
  run(lane: string, bytes: number, task: () => void | Promise<void>): void {
    const tail = this.#tails.get(lane)
    const result = tail ? tail.then(task) : task()
    if (!result) return
    const own = this.wait(bytes, result).then(() => {
      if (this.#tails.get(lane) === own) this.#tails.delete(lane)
    })
    this.#tails.set(lane, own)
  }

  /** Counts what waits, without keeping anything behind it. */
  async wait(bytes: number, result: Promise<void>): Promise<void> {
    this.#count(bytes)
    try {
      await result
    } catch (error) {
      this.#needs.crash(error)
    } finally {
      this.#count(-bytes)
    }
  }

  #count(change: number): void {
    const { mostBytes, hold, release } = this.#needs
    const wasFull = this.#bytes > mostBytes
    this.#bytes += change
    const isFull = this.#bytes > mostBytes
    if (isFull && !wasFull) hold()
    if (wasFull && !isFull) release()
  }
}
