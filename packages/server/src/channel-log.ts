import type { Message, Position, Reading, Stored } from './adapter.ts'
import { randomId } from './ids.ts'
import type { Numbers } from './ranges.ts'
import { RecentIds } from './recent-ids.ts'
import { Window } from './window.ts'

export interface LogLimits {
  readonly history: Numbers<'history'>
  readonly dedupe: Numbers<'dedupe'>
}

/** What one channel remembers: its position, its last messages, the ids it has taken. */
export class ChannelLog {
  readonly #limits: LogLimits
  readonly #taken: RecentIds<Position>
  #epoch = randomId(6)
  #off = 0
  readonly #stored = new Window<Stored>()
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
    return !this.#stored.length && !this.#taken.size
  }

  /** Where this id was taken before. */
  find(id: string | undefined): Position | undefined {
    return id === undefined ? undefined : this.#taken.get(id)
  }

  append(message: Message, at: number): Stored {
    const stored: Stored = { ...message, epoch: this.#epoch, off: ++this.#off, at }
    this.#stored.push(stored)
    this.#bytes += sizeOf(stored)
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
    const isTooMuch = (): boolean => this.#stored.length > history.messages || this.#bytes > history.bytes
    while (isTooMuch() || (this.#stored.first?.at ?? now) < now - history.ageMs) this.#drop()
    this.#taken.expire(now)
  }

  /** Lets go of the oldest messages until this many bytes are free. */
  free(bytes: number): void {
    const enough = this.#bytes - bytes
    while (this.#bytes > enough && this.#stored.length) this.#drop()
  }

  evict(): void {
    while (this.#stored.length) this.#drop()
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
    if (epoch !== this.#epoch || count < 0 || count > this.#stored.length) return undefined
    return this.#stored.last(count)
  }

  #drop(): void {
    const stored = this.#stored.shift()
    if (stored) this.#bytes -= sizeOf(stored)
  }
}

const OVERHEAD_BYTES = 200

/** About what it takes in memory. */
const sizeOf = ({ event, payload, id }: Stored): number =>
  OVERHEAD_BYTES + event.length + (payload?.length ?? 0) + (id?.length ?? 0)
