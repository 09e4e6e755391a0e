import type { Adapter, Message as Told } from './adapter.ts'
import { ServerError } from './errors.ts'

interface Entry {
  readonly told: Told
  /** Whether somebody still waits for it to be taken. */
  readonly isWanted: () => boolean
  readonly settle: (isTaken: boolean) => void
  readonly fail: (error: unknown) => void
}

/** What must not be lost waits here while Redis is away, and goes on in its order. */
export class Backlog {
  readonly #adapter: Adapter
  readonly #channel: string
  readonly #entries: Entry[] = []

  constructor(adapter: Adapter, channel: string) {
    this.#adapter = adapter
    this.#channel = channel
  }

  /** Resolves when Redis has it; false when nobody wants it any more. */
  append(told: Told, isWanted = (): boolean => true): Promise<boolean> {
    return new Promise((settle, fail) => this.#try({ told, isWanted, settle, fail }))
  }

  /** Redis is back. */
  goOn(): void {
    for (const entry of this.#entries.splice(0)) {
      if (entry.isWanted()) this.#try(entry)
      else entry.settle(false)
    }
  }

  #try(entry: Entry): void {
    if (this.#adapter.isAway) return void this.#entries.push(entry)
    this.#adapter.append(this.#channel, entry.told).then(
      () => entry.settle(true),
      (error: unknown) => {
        if (ServerError.is(error, 'store.away')) this.#entries.push(entry)
        else entry.fail(error)
      },
    )
  }
}
