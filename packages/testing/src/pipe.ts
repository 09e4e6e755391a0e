import type { Clock } from '@org/realtime-core/kit'

/** One direction of a wire: in order, never synchronous, and it can stand still. */
export class Pipe {
  readonly #clock: Clock | undefined
  readonly #latencyMs: () => number
  #arrivesAt = 0
  #held: (() => void)[] | undefined

  constructor(clock: Clock | undefined, latencyMs: () => number) {
    this.#clock = clock
    this.#latencyMs = latencyMs
  }

  push(deliver: () => void): void {
    const arrive = (): void => {
      if (this.#held) this.#held.push(deliver)
      else deliver()
    }
    const clock = this.#clock
    if (!clock) return queueMicrotask(arrive)
    // What was sent before a fall of latency still arrives first.
    this.#arrivesAt = Math.max(this.#arrivesAt, clock.now() + this.#latencyMs())
    if (this.#arrivesAt > clock.now()) clock.after(this.#arrivesAt - clock.now(), arrive, true)
    else queueMicrotask(arrive)
  }

  stall(): void {
    this.#held ??= []
  }

  unstall(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const deliver of held) queueMicrotask(deliver)
  }
}
