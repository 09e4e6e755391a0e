import type { Numbers } from './ranges.ts'

/** Ids that were taken, with what came of them, for as long as the window says. */
export class RecentIds<T> {
  readonly #limits: Numbers<'dedupe'>
  readonly #entries = new Map<string, { readonly value: T; readonly at: number }>()

  constructor(limits: Numbers<'dedupe'>) {
    this.#limits = limits
  }

  get size(): number {
    return this.#entries.size
  }

  get(id: string): T | undefined {
    return this.#entries.get(id)?.value
  }

  set(id: string, value: T, now: number): void {
    this.#entries.set(id, { value, at: now })
    this.expire(now)
  }

  expire(now: number): void {
    const { ids, ageMs } = this.#limits
    for (const [id, { at }] of this.#entries) {
      if (this.#entries.size <= ids && at >= now - ageMs) return
      this.#entries.delete(id)
    }
  }

  clear(): void {
    this.#entries.clear()
  }
}
