import type { Position, Message as Told } from '../adapter.ts'
import type { Clock } from '../clock.ts'
import { Turns } from '../turns.ts'
import { type Correction, mergeRetained } from './merge-retained.ts'
import { Message } from './message.ts'
import { encodeNews } from './news.ts'
import type { RetainedStore } from './store.ts'
import type { Taking } from './taking.ts'

interface SharedRetainedNeeds {
  readonly retained: RetainedStore
  readonly clock: Clock
  /** Tells all nodes; not while Redis is away. */
  readonly tell: (told: Told) => Promise<void>
  /** Resolves when this node has heard everything that was published before. */
  readonly caughtUp: () => Promise<void>
}

/** How often what is over is taken away in Redis too. */
const SWEEP_MS = 60_000
/** As many are told at once. */
const CHUNK = 500

/** What is retained on all nodes: Redis has it, and each node a copy, which answers who subscribes. */
export class SharedRetained {
  readonly #needs: SharedRetainedNeeds
  /** What waits for room, by the client that publishes it, and what the same client publishes after it. */
  readonly #waiting = new Turns<boolean>()
  /** Until where the copy was complete. */
  #complete: Position | undefined
  #cancelSweep = (): void => {}

  constructor(needs: SharedRetainedNeeds) {
    this.#needs = needs
    this.#sweepLater()
  }

  /** Has a message taken when there is room: what has made it may be on its way here. */
  admit(message: Message, { isWanted }: Taking, take: () => Promise<boolean>): Promise<boolean> {
    const { retained, caughtUp } = this.#needs
    const from = message.from ?? ''
    if (!this.#waiting.last(from) && retained.fits(message)) return take()
    return this.#waiting.run(from, async () => {
      if (!retained.fits(message)) await caughtUp()
      if (!retained.fits(message) || isWanted?.() === false) return false
      return take()
    })
  }

  hear(message: Message): void {
    if (message.retain) this.#needs.retained.put(message)
  }

  /** From here on something is missing. */
  missed(after: Position | undefined): void {
    this.#complete = after
  }

  /** The copy is what Redis has now, and Redis gets what it has lost. */
  load(kept: readonly Message[], epoch: string): void {
    const { retained: store } = this.#needs
    const own = store.all()
    const { retained, corrections } = mergeRetained({ own, kept, complete: this.#complete, epoch })
    const topics = new Set(retained.map(({ topic }) => topic))
    for (const message of own) if (!topics.has(message.topic)) store.put(toEmpty(message))
    for (const message of retained) store.put(message)
    void this.#correct(corrections)
  }

  stop(): void {
    this.#cancelSweep()
  }

  #sweepLater(): void {
    const { clock } = this.#needs
    this.#cancelSweep = clock.after(SWEEP_MS, () => {
      this.#sweepLater()
      void this.#sweep()
    })
  }

  async #sweep(): Promise<void> {
    const { retained, clock } = this.#needs
    const over = retained.all().filter((message) => message.isOver(clock.now()))
    for (const message of over) retained.put(toEmpty(message))
    await this.#correct(
      over.flatMap((message) =>
        message.place ? [{ message, isRemoval: true, instead: message.place }] : [],
      ),
    )
  }

  async #correct(corrections: readonly Correction[]): Promise<void> {
    for (let start = 0; start < corrections.length; start += CHUNK)
      await Promise.all(corrections.slice(start, start + CHUNK).map((each) => this.#tell(each)))
  }

  #tell({ message, isRemoval, instead }: Correction): Promise<void> {
    const kept = isRemoval ? toEmpty(message) : message
    return this.#needs.tell({ ...encodeNews({ kind: 'kept', message: kept }, this.#needs.clock), instead })
  }
}

const toEmpty = ({ topic }: Message): Message =>
  new Message({ topic, payload: new Uint8Array(), qos: 0, retain: true }, undefined, 0)
