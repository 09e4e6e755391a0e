import type { Message } from '../adapter.ts'

/** One publish as it arrived, whether or not it was a repeat. */
export interface Received {
  readonly id: string | undefined
  readonly channel: string
  readonly event: string
  /** JSON text, or bytes. */
  readonly payload: string | Uint8Array | undefined
  readonly connection: string
  readonly client: string | undefined
  /** It has arrived before, by its id. */
  readonly isRepeat: boolean
}

/** What clients have published, in the order of arrival. */
export interface Recording {
  readonly received: readonly Received[]
  /** How many were left out because there were too many; the oldest are. */
  readonly left: number
  stop(): void
}

interface Tape {
  readonly received: Received[]
  readonly ids: Set<string>
  readonly most: number
  left: number
}

/** Costs nothing while nobody records. */
export class Recorder {
  readonly #tapes = new Set<Tape>()

  get isIdle(): boolean {
    return this.#tapes.size === 0
  }

  start(most: number): Recording {
    const tape: Tape = { received: [], ids: new Set(), most, left: 0 }
    this.#tapes.add(tape)
    return {
      received: tape.received,
      get left() {
        return tape.left
      },
      stop: () => this.#tapes.delete(tape),
    }
  }

  note(connection: string, channel: string, { id, event, payload, from: client }: Message): void {
    for (const tape of this.#tapes) {
      const key = `${channel} ${id}`
      const isRepeat = id !== undefined && tape.ids.has(key)
      tape.ids.add(key)
      tape.received.push({ id, channel, event, payload, connection, client, isRepeat })
      if (tape.received.length <= tape.most) continue
      const oldest = tape.received.shift()
      tape.ids.delete(`${oldest?.channel} ${oldest?.id}`)
      tape.left++
    }
  }
}
