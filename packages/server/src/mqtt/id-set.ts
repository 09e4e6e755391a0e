const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7]

/** Packet ids, in never more than 8 kB however many a client has open. */
export class IdSet {
  #bits: Uint8Array | undefined
  #size = 0
  /** Grows with every change. */
  version = 0

  get size(): number {
    return this.#size
  }

  has(id: number): boolean {
    return ((this.#bits?.[id >> 3] ?? 0) & (1 << (id & 7))) !== 0
  }

  add(id: number): void {
    if (this.has(id)) return
    this.#bits ??= new Uint8Array(8192)
    this.#bits[id >> 3] = (this.#bits[id >> 3] ?? 0) | (1 << (id & 7))
    this.#size++
    this.version++
  }

  get all(): readonly number[] {
    const bits = this.#bits ?? []
    return [...bits].flatMap((byte, at) =>
      byte ? EIGHT.flatMap((bit) => (byte & (1 << bit) ? at * 8 + bit : [])) : [],
    )
  }

  delete(id: number): boolean {
    if (!this.#bits || !this.has(id)) return false
    this.#bits[id >> 3] = (this.#bits[id >> 3] ?? 0) & ~(1 << (id & 7))
    this.#size--
    this.version++
    // Most clients have none open for most of the time.
    if (!this.#size) this.#bits = undefined
    return true
  }
}
