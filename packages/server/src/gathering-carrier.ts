import type { Carrier } from './carrier.ts'
import type { Frame } from './wire.ts'

const MOST_BYTES = 65_536

/** Hands what is sent in one turn to another carrier as few, large writes: for protocols that are streams. */
export class GatheringCarrier implements Carrier {
  readonly #carrier: Carrier
  #waiting: Uint8Array[] = []
  #bytes = 0

  constructor(carrier: Carrier) {
    this.#carrier = carrier
  }

  get bufferedBytes(): number {
    return this.#bytes + this.#carrier.bufferedBytes
  }

  send(frame: Frame): number {
    if (typeof frame === 'string') {
      this.#flush()
      return this.#carrier.send(frame)
    }
    if (!this.#waiting.length) queueMicrotask(() => this.#flush())
    this.#waiting.push(frame)
    this.#bytes += frame.length
    if (this.#bytes >= MOST_BYTES) this.#flush()
    return frame.length
  }

  close(code: number, reason: string): void {
    this.#flush()
    this.#carrier.close(code, reason)
  }

  cut(): void {
    this.#waiting = []
    this.#bytes = 0
    this.#carrier.cut()
  }

  pause(): void {
    this.#carrier.pause()
  }

  resume(): void {
    this.#carrier.resume()
  }

  #flush(): void {
    const [first] = this.#waiting
    if (!first) return
    const whole = this.#waiting.length === 1 ? first : Buffer.concat(this.#waiting, this.#bytes)
    this.#waiting = []
    this.#bytes = 0
    this.#carrier.send(whole)
  }
}
