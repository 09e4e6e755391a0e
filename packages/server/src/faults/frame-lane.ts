import type { Frame } from '../wire.ts'

/** One direction of a connection, as far as rules hold it up. */
export class FrameLane {
  readonly #next: (frame: Frame) => void
  readonly #thawed = new Set<() => void>()
  #freezes = 0
  #held: Frame[] = []
  #late: Frame[] = []

  constructor(next: (frame: Frame) => void) {
    this.#next = next
  }

  get isFrozen(): boolean {
    return this.#freezes > 0
  }

  get heldBytes(): number {
    return this.#held.reduce((sum, { length }) => sum + length, 0)
  }

  pass(frame: Frame): void {
    if (this.isFrozen) return void this.#held.push(frame)
    this.#next(frame)
    this.#sendLate()
  }

  /** Lets the next one overtake it; the result lets it go without one. */
  keepBack(frame: Frame): () => void {
    this.#late.push(frame)
    return () => this.#sendLate()
  }

  /** Lets nothing through until the result is called; then what was held goes on, in order. */
  freeze(): () => void {
    let isOver = false
    this.#freezes++
    return () => {
      if (isOver) return
      isOver = true
      this.#freezes--
      if (!this.isFrozen) this.#thaw()
    }
  }

  /** Runs at once, or when it is no longer frozen. */
  whenThawed(run: () => void): void {
    if (this.isFrozen) this.#thawed.add(run)
    else run()
  }

  #thaw(): void {
    const held = this.#held
    this.#held = []
    for (const frame of held) this.pass(frame)
    for (const run of this.#thawed) run()
    this.#thawed.clear()
  }

  #sendLate(): void {
    const late = this.#late
    this.#late = []
    for (const frame of late) this.#next(frame)
  }
}
