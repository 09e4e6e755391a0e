import type { Clock } from '../clock.ts'
import type { Frame } from '../wire.ts'
import type { Turnstile } from './turnstile.ts'

/** PHP takes so much from a socket at once, whatever it is asked for. */
const BLOCK_BYTES = 8192

export interface IntakeOptions {
  readonly bufferBytes: number
  readonly stallMs: number
  readonly clock: Clock
  /** Where everybody waits while this client stalls. Without one it stalls alone, for `stallMs` at most. */
  readonly turnstile: Turnstile | undefined
  handle(text: string): void
}

interface Arrived {
  readonly frame: Frame
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
  #turnBytes = 0
  #cancelStall = (): void => {}

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  begin(run: () => void): void {
    this.#pass(0, run)
  }

  take(frame: Frame): void {
    const bytes = toWireBytes(frame)
    if (this.#turnBytes === 0) queueMicrotask(() => this.#endTurn())
    this.#turnBytes += bytes
    this.#bytes += bytes
    this.#arrived.push({ frame, endsAt: this.#bytes })
  }

  /** Takes what is left, as the end of a socket does, and then runs. */
  end(run: () => void): void {
    this.#pass(0, () => {
      this.#takeAll()
      run()
      this.#release()
    })
  }

  #endTurn(): void {
    const bytes = this.#turnBytes
    this.#turnBytes = 0
    this.#pass(bytes, () => this.#read())
  }

  #pass(bytes: number, run: () => void): void {
    const { turnstile } = this.#options
    if (turnstile) turnstile.pass(this, bytes, run)
    else run()
  }

  #read(): void {
    const { bufferBytes } = this.#options
    const end = toReadBytes(this.#bytes, bufferBytes)
    const isRead = ({ endsAt }: Arrived): boolean => endsAt <= end
    const held = this.#arrived.filter((arrived) => !isRead(arrived))
    if (held.length === 0) return this.#goOn()
    const read = this.#arrived.filter(isRead)
    this.#bytes %= bufferBytes
    // The next read takes them, whatever it brings.
    this.#arrived = held.map(({ frame }) => ({ frame, endsAt: 0 }))
    this.#handle(read)
    this.#stall()
  }

  #stall(): void {
    const { turnstile, clock, stallMs } = this.#options
    this.#cancelStall()
    const goOn = (): void => this.#goOn()
    if (turnstile) turnstile.hold(this, goOn)
    else this.#cancelStall = clock.after(stallMs, goOn)
  }

  #goOn(): void {
    this.#takeAll()
    this.#release()
  }

  #release(): void {
    this.#options.turnstile?.release(this)
  }

  #takeAll(): void {
    this.#cancelStall()
    const arrived = this.#arrived
    this.#arrived = []
    this.#bytes = 0
    this.#handle(arrived)
  }

  #handle(arrived: readonly Arrived[]): void {
    for (const { frame } of arrived) if (typeof frame === 'string') this.#options.handle(frame)
  }
}

/** How much of what arrived together is read without waiting for more. */
function toReadBytes(bytes: number, bufferBytes: number): number {
  const lastBlock = bytes % BLOCK_BYTES
  const rest = lastBlock % bufferBytes
  const isWhole = bufferBytes >= BLOCK_BYTES || lastBlock <= bufferBytes
  return isWhole ? bytes : bytes - rest
}

/** With the header, and masked as every client must. */
function toWireBytes(frame: Frame): number {
  const bytes = typeof frame === 'string' ? Buffer.byteLength(frame) : frame.length
  return bytes + (bytes < 126 ? 6 : bytes < 65_536 ? 8 : 14)
}
