import type { Message, Position, Reading, Stored } from './adapter.ts'
import { randomId } from './ids.ts'
import type { Numbers } from './ranges.ts'
import { RecentIds } from './recent-ids.ts'
import { Window } from './window.ts'

export interface LogLimits {
  readonly history: Numbers<'history'>
  readonly dedupe: Numbers<'dedupe'>
}

interface Entry {
  readonly stored: Stored
  /** When it came, on the clock that never jumps. */
  readonly at: number
  /** About what it takes in memory. */
  readonly bytes: number
}

/** What one channel remembers: its position, its last messages, the ids it has taken. */
export class ChannelLog {
  readonly #limits: LogLimits
  readonly #taken: RecentIds<Position>
  readonly #entries = new Window<Entry>()
  #epoch = randomId(6)
  #off = 0
  #bytes = 0
  /** When it was last of use; a log that nobody uses is forgotten in the end. */
  usedAt: number

  constructor(limits: LogLimits, now: number) {
    this.#limits = limits
    this.#taken = new RecentIds(limits.dedupe)
    this.usedAt = now
  }

  get position(): Position {
    return { epoch: this.#epoch, off: this.#off }
  }

  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return !this.#entries.length && !this.#taken.size
  }

  /** Where this id was taken before. */
  find(id: string | undefined): Position | undefined {
    return id === undefined ? undefined : this.#taken.get(id)
  }

  append(message: Message, at: number): Stored {
    const stored: Stored = { ...message, epoch: this.#epoch, off: ++this.#off }
    // It leaves a hole, so what came before cannot be told any more.
    if (message.isKept === false) this.evict()
    else {
      const bytes = sizeOf(message)
      this.#entries.push({ stored, at, bytes })
      this.#bytes += bytes
    }
    if (message.id !== undefined) this.#taken.set(message.id, this.position, at)
    this.expire(at)
    return stored
  }

  read(after: Position | undefined): Reading {
    return { ...this.position, missed: after && this.#since(after) }
  }

  /** Lets go of what is too much or too old. */
  expire(now: number): void {
    const { history } = this.#limits
    const isTooMuch = (): boolean => this.#entries.length > history.messages || this.#bytes > history.bytes
    while (isTooMuch() || (this.#entries.first?.at ?? now) < now - history.ageMs) this.#drop()
    this.#taken.expire(now)
  }

  /** Lets go of the oldest messages until this many bytes are free. */
  free(bytes: number): void {
    const enough = this.#bytes - bytes
    while (this.#bytes > enough && this.#entries.length) this.#drop()
  }

  evict(): void {
    while (this.#entries.length) this.#drop()
  }

  restart(): Position {
    this.evict()
    this.#taken.clear()
    this.#epoch = randomId(6)
    this.#off = 0
    return this.position
  }

  #since({ epoch, off }: Position): readonly Stored[] | undefined {
    const count = this.#off - off
    if (epoch !== this.#epoch || count < 0 || count > this.#entries.length) return undefined
    return this.#entries.last(count).map(({ stored }) => stored)
  }

  #drop(): void {
    this.#bytes -= this.#entries.shift()?.bytes ?? 0
  }
}

const OVERHEAD_BYTES = 200

const sizeOf = ({ event, payload, id }: Message): number =>
  OVERHEAD_BYTES + event.length + (payload?.length ?? 0) + (id?.length ?? 0)
