const COMPACT_AT = 256

/** A list that grows at its end and shrinks at its start, both without moving what is between. */
export class Window<T> {
  #items: T[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  get first(): T | undefined {
    return this.#items[this.#head]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (!this.length) return undefined
    const item = this.#items[this.#head] as T
    // Nothing but this list may keep it alive.
    this.#items[this.#head++] = undefined as T
    if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  /** The last `count`, in order. */
  last(count: number): readonly T[] {
    return this.#items.slice(this.#items.length - count)
  }
}
