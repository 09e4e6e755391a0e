import { randomInt } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Wire } from '../wire.ts'
import type { PhpValue } from './php-json.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const ID_LENGTH = 8

/** Everybody on the endpoint: Rakit has one room for all. */
export class Room {
  readonly #clock: Clock
  readonly #clients = new Map<string, Client>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get clients(): readonly Client[] {
    return [...this.#clients.values()]
  }

  get size(): number {
    return this.#clients.size
  }

  has({ id }: Client): boolean {
    return this.#clients.has(id)
  }

  find(id: PhpValue | undefined): Client | undefined {
    return typeof id === 'string' ? this.#clients.get(id) : undefined
  }

  enter(wire: Wire): Client {
    const client = new Client(wire, this.#clock)
    this.#clients.set(client.id, client)
    this.broadcast(`Client #${client.id} connected`)
    this.broadcast(this.presence())
    return client
  }

  /** The line and the list come once, however often it is said that somebody has gone. */
  leave({ id }: Client): void {
    if (!this.#clients.delete(id)) return
    this.broadcast(`Client #${id} disconnected`)
    this.broadcast(this.presence())
  }

  broadcast(text: string, isMeant: (client: Client) => boolean = () => true): void {
    for (const client of this.#clients.values()) if (isMeant(client)) client.send(text)
  }

  /** Written by hand because an object would move ids of digits to the front. */
  presence(): string {
    const seconds = toSeconds(this.#clock.date())
    const users = this.clients.map(
      ({ id }) => `"${id}":{"id":"${id}","name":"Guest","connected_at":${seconds}}`,
    )
    return `{"type":"presence","users":{${users}}}`
  }
}

export class Client {
  readonly id = Array.from({ length: ID_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
  readonly wire: Wire
  /** Only `exact` lets in what is no string. */
  readonly channels: PhpValue[] = []
  readonly #clock: Clock
  #sentAt: number

  constructor(wire: Wire, clock: Clock) {
    this.wire = wire
    this.#clock = clock
    this.#sentAt = toSeconds(clock.date())
  }

  /** Of channels; only `exact` has others. */
  get names(): readonly string[] {
    return this.channels.filter((channel) => typeof channel === 'string')
  }

  /** In whole seconds, because Rakit counts so. */
  get silentSeconds(): number {
    return toSeconds(this.#clock.date()) - this.#sentAt
  }

  send(text: string): void {
    this.#sentAt = toSeconds(this.#clock.date())
    this.wire.send(text)
  }
}

function toSeconds(ms: number): number {
  return Math.floor(ms / 1000)
}
