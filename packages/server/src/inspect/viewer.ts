import type { Clock } from '../clock.ts'
import type { InspectLine } from './report.ts'

/** What a viewer needs of the stream that it looks through. */
export interface LineStream {
  readonly writableLength: number
  write(text: string): unknown
}

const FLUSH_MS = 100
const MOST_LINES = 300
const MOST_BYTES = 1_048_576

/** One that looks: gets lines a few times a second, and a count of those that were too many. */
export class Viewer {
  readonly showsPayloads: boolean
  readonly #stream: LineStream
  readonly #clock: Clock
  #waiting: InspectLine[] = []
  #lost = 0
  #cancel: (() => void) | undefined

  constructor(stream: LineStream, clock: Clock, showsPayloads: boolean) {
    this.#stream = stream
    this.#clock = clock
    this.showsPayloads = showsPayloads
  }

  /** True while a line would be left out. */
  get isFull(): boolean {
    return this.#waiting.length >= MOST_LINES || this.#stream.writableLength > MOST_BYTES
  }

  tell(line: InspectLine): void {
    if (this.isFull) this.#lost++
    else this.#waiting.push(line)
    this.#cancel ??= this.#clock.after(FLUSH_MS, () => this.#flush())
  }

  /** A line that was not even made. */
  miss(): void {
    this.#lost++
  }

  stop(): void {
    this.#cancel?.()
  }

  #flush(): void {
    this.#cancel = undefined
    if (this.#stream.writableLength > MOST_BYTES) {
      this.#lost += this.#waiting.length
      this.#waiting = []
      return
    }
    if (this.#lost > 0) this.#waiting.push({ kind: 'lost', lines: this.#lost })
    this.#stream.write(this.#waiting.map((line) => `${JSON.stringify(line)}\n`).join(''))
    this.#waiting = []
    this.#lost = 0
  }
}
