import type { Clock } from '../clock.ts'
import type { Frame, Wire } from '../wire.ts'
import type { Turnstile } from './turnstile.ts'

/** PHP takes so much from a socket at once, whatever it is asked for. */
const BLOCK_BYTES = 8192

export interface IntakeOptions {
  readonly bufferBytes: number
  readonly stallMs: number
  readonly clock: Clock
  readonly wire: Pick<Wire, 'pause' | 'resume'>
  /** Where everybody waits while this client stalls. Without one it stalls alone, for `stallMs` at most. */
  readonly turnstile: Turnstile | undefined
  handle(text: string): void
}

interface Arrived {
  /** Undefined for bytes, which nobody reads. */
  readonly text: string | undefined
  /** Where it ends in what arrived together. */
  readonly endsAt: number
}

/**
 * What one client sends, read as Rakit reads it: of frames that arrive together, those that end in a part which
 * does not fill the buffer wait until the client sends again. One turn of the event loop counts as together.
 */
export class Intake {
  readonly #options: IntakeOptions
  #arrived: Arrived[] = []
  #bytes = 0
  #isTurnOpen = false
  #cancelStall = (): void => {}

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  begin(run: () => void): void {
    this.#pass(run)
  }

  take(frame: Frame): void {
    this.#bytes += toWireBytes(frame)
    this.#arrived.push({ text: typeof frame === 'string' ? frame : undefined, endsAt: this.#bytes })
    if (this.#isTurnOpen) return
    this.#isTurnOpen = true
    queueMicrotask(() => {
      this.#isTurnOpen = false
      this.#pass(() => this.#read())
    })
  }

  /** Takes what is left, as the end of a socket does, and then runs. */
  end(run: () => void): void {
    this.#pass(() => {
      this.#takeAll()
      run()
      this.#options.turnstile?.release(this)
    })
  }

  /** Whoever has to wait for others is not read from meanwhile, as if Rakit itself stood still. */
  #pass(run: () => void): void {
    const { turnstile, wire } = this.#options
    if (!turnstile) return run()
    let hasWaited = false
    const isThrough = turnstile.pass(this, () => {
      if (hasWaited) wire.resume()
      run()
    })
    hasWaited = !isThrough
    if (hasWaited) wire.pause()
  }

  #read(): void {
    const { bufferBytes, turnstile } = this.#options
    const end = toReadBytes(this.#bytes, bufferBytes)
    const held = this.#arrived.filter(({ endsAt }) => endsAt > end)
    if (held.length === 0) {
      this.#takeAll()
      return turnstile?.release(this)
    }
    const read = this.#arrived.filter(({ endsAt }) => endsAt <= end)
    this.#bytes %= bufferBytes
    // The next read takes them, whatever it brings.
    this.#arrived = held.map(({ text }) => ({ text, endsAt: 0 }))
    this.#handle(read)
    this.#stall()
  }

  #stall(): void {
    const { turnstile, clock, stallMs } = this.#options
    this.#cancelStall()
    if (turnstile) turnstile.hold(this)
    else this.#cancelStall = clock.after(stallMs, () => this.#takeAll())
  }

  #takeAll(): void {
    this.#cancelStall()
    const arrived = this.#arrived
    this.#arrived = []
    this.#bytes = 0
    this.#handle(arrived)
  }

  #handle(arrived: readonly Arrived[]): void {
    for (const { text } of arrived) if (text !== undefined) this.#options.handle(text)
  }
}

/** How much of what arrived together is read without waiting for more. */
function toReadBytes(bytes: number, bufferBytes: number): number {
  const lastBlock = bytes % BLOCK_BYTES
  const isWhole = bufferBytes >= BLOCK_BYTES || lastBlock <= bufferBytes
  return isWhole ? bytes : bytes - (lastBlock % bufferBytes)
}

/** With the header, and masked as every client must. */
function toWireBytes(frame: Frame): number {
  const bytes = typeof frame === 'string' ? Buffer.byteLength(frame) : frame.length
  return bytes + (bytes < 126 ? 6 : bytes < 65_536 ? 8 : 14)
}
