import type { Position } from '../adapter.ts'
import type { Clock } from '../clock.ts'

interface Waiter {
  readonly until: Position
  readonly resolve: () => void
}

/** How far this node has heard what was published, and who waits for some of it. */
export class Progress {
  readonly #clock: Clock
  readonly #mostMs: number
  readonly #waiters = new Set<Waiter>()
  #at: Position | undefined

  constructor(clock: Clock, mostMs: number) {
    this.#clock = clock
    this.#mostMs = mostMs
  }

  get at(): Position | undefined {
    return this.#at
  }

  set({ epoch, off }: Position): void {
    this.#at = { epoch, off }
    for (const waiter of this.#waiters) if (this.has(waiter.until)) this.#end(waiter)
  }

  /** What is counted anew has everything that was counted before. */
  has({ epoch, off }: Position): boolean {
    return this.#at !== undefined && (this.#at.epoch !== epoch || this.#at.off >= off)
  }

  /** Nobody knows when more comes. */
  giveUp(): void {
    for (const waiter of this.#waiters) this.#end(waiter)
  }

  /** Resolves when it is heard, or does not come in time. */
  reach(until: Position): Promise<void> {
    if (this.has(until)) return Promise.resolve()
    return new Promise((resolve) => {
      const waiter: Waiter = {
        until,
        resolve() {
          cancel()
          resolve()
        },
      }
      const cancel = this.#clock.after(this.#mostMs, () => this.#end(waiter))
      this.#waiters.add(waiter)
    })
  }

  #end(waiter: Waiter): void {
    this.#waiters.delete(waiter)
    waiter.resolve()
  }
}
