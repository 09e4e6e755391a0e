import type { AdapterEvents, Message, Position, Reading, Stored } from '../adapter.ts'

interface WatchNeeds {
  readonly events: AdapterEvents
  readonly crash: (error: unknown, where: string) => void
  readonly read: (after: Position | undefined) => Promise<Reading>
}

/** As many messages wait until it is known what came before them. */
const MOST_HELD = 10_000

/** One channel that somebody on this node listens to: how far it was told, and what waits to be. */
export class Watch {
  readonly #channel: string
  readonly #needs: WatchNeeds
  /** What was told last. */
  #tail: Position | undefined
  /** Whether the tail was only read: what is before it may be on its way. */
  #isFresh = true
  #held: Stored[] | undefined
  /** How many were told while the store was away; undefined when nobody was told of that position. */
  #alone: number | undefined
  #turn = 0
  /** From when on nothing is missed by whoever reads. Rejects while the store is away. */
  isHeard: Promise<void> = Promise.resolve()

  constructor(channel: string, needs: WatchNeeds) {
    this.#channel = channel
    this.#needs = needs
  }

  /** What comes has to wait for `follow`. */
  hold(): void {
    this.#held ??= []
  }

  stop(): void {
    this.#turn++
  }

  /** Tells what came since the tail, and then what comes. */
  follow(isHeard: Promise<void>): void {
    this.isHeard = isHeard
    this.hold()
    const turn = ++this.#turn
    const read = async (): Promise<void> => {
      await isHeard
      const reading = await this.#needs.read(this.#tail)
      if (turn === this.#turn) this.#catchUp(reading)
    }
    // The next session follows again.
    read().catch((error: unknown) => this.#needs.crash(error, `following ${this.#channel}`))
  }

  heard(stored: Stored): void {
    if (!this.#held) return this.#tell(stored)
    if (this.#held.push(stored) <= MOST_HELD) return
    // A hole in front of what comes, which is told as one.
    this.#held = []
  }

  moved(position: Position): void {
    this.#held &&= []
    this.#move(position)
  }

  /** Follows when what was told is not all there is. */
  lookAt({ epoch, off }: Position): void {
    const { epoch: known, off: told } = this.#tail ?? { epoch, off }
    if (epoch !== known || off > told) this.follow(this.isHeard)
  }

  /** While the store is away. */
  tellHere(message: Message, epoch: string): void {
    this.#alone = (this.#alone ?? 0) + 1
    this.#needs.events.message(this.#channel, { ...message, epoch, off: this.#alone, isAlone: true })
  }

  /** While the store is away. */
  readHere(epoch: string): Reading {
    this.#alone ??= 0
    return { epoch, off: this.#alone, missed: undefined }
  }

  #catchUp({ epoch, off, missed }: Reading): void {
    const before = this.#tail
    const held = this.#held ?? []
    this.#held = undefined
    // Whoever was told of a position of this node alone is brought back to where all are.
    const isMoved = this.#alone !== undefined || (before !== undefined && !missed)
    if (before) this.#isFresh = false
    if (isMoved) this.#move(before && missed ? before : { epoch, off })
    else if (!before) this.#tail = { epoch, off }
    if (before) for (const stored of missed ?? []) this.#tell(stored)
    this.#alone = undefined
    const isKnown = (stored: Stored): boolean =>
      before !== undefined && stored.epoch === epoch && stored.off <= off
    const known = held.map(isKnown).lastIndexOf(true)
    for (const stored of held.slice(known + 1)) this.heard(stored)
  }

  #move(position: Position): void {
    this.#tail = { epoch: position.epoch, off: position.off }
    this.#needs.events.moved(this.#channel, this.#tail)
  }

  #tell(stored: Stored): void {
    const { epoch, off } = stored
    const tail = this.#tail?.epoch === epoch ? this.#tail : undefined
    if (tail && off > tail.off + 1) {
      // Something was lost on its way.
      this.follow(Promise.resolve())
      return this.heard(stored)
    }
    const isBefore = tail !== undefined && off <= tail.off
    if (isBefore && !this.#isFresh) return
    if (!isBefore) {
      this.#tail = { epoch, off }
      this.#isFresh = false
    }
    this.#needs.events.message(this.#channel, stored)
  }
}
