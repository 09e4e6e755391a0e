import type { User } from '../authenticate.ts'
import { randomId } from '../ids.ts'
import { Hearing, type MayHear } from './hearing.ts'
import { IdSet } from './id-set.ts'
import type { Delivery, Message } from './message.ts'
import type { Outgoing, Sender } from './outgoing.ts'
import type { Subscription } from './subscriptions.ts'

/** The connection of a session, as the broker needs it. */
export interface Attached extends Sender {
  /** A good part of what may wait for it does. */
  readonly isFull: boolean
  /** Tells the client why, in its protocol, and ends the connection. */
  end(reason: number, sentence: string): void
}

/** What a client wants to be kept of it. */
export type Wishes = Pick<Session, 'expiryMs' | 'will'>

interface SessionNeeds {
  readonly client: string
  readonly user: User
  readonly outgoing: Outgoing
  readonly mayHear: (session: Session) => MayHear
}

/** What outlives the connections of one client: what it hears, what it has not got, what it has sent half. */
export class Session {
  readonly client: string
  user: User
  readonly outgoing: Outgoing
  readonly filters = new Map<string, Subscription>()
  /** Ids of QoS 2 that came and are not released: another PUBLISH with one is a repeat. */
  readonly received = new IdSet()
  readonly hearing: Hearing
  /** How long it outlives its connection. */
  expiryMs = 0
  will: { readonly message: Message; readonly delayMs: number } | undefined
  /** When it ends and when its will is published, while its client is away; on the clock of dates. */
  endsAt: number | undefined
  willAt: number | undefined
  /** When its client came last, on the clock of dates. */
  openedAt = 0
  /** Of filters, and of what its client says when it comes and goes. */
  changes = 0
  cancelWill: (() => void) | undefined
  cancelEnd: (() => void) | undefined
  #attached: Attached | undefined
  #former: Wishes | undefined
  #serials: Map<number, string> | undefined
  #names: Map<number, string> | undefined

  constructor({ client, user, outgoing, mayHear }: SessionNeeds) {
    this.client = client
    this.user = user
    this.outgoing = outgoing
    this.hearing = new Hearing(mayHear(this))
  }

  /** Grows with every change of what outlives a connection. */
  get version(): number {
    return this.outgoing.version + this.received.version + this.changes
  }

  get attached(): Attached | undefined {
    return this.#attached
  }

  /** Its client is there, and let in. */
  get isUp(): boolean {
    return this.outgoing.isUp
  }

  attach(attached: Attached): void {
    this.#attached = attached
    this.#former = undefined
    this.endsAt = undefined
    this.willAt = undefined
    this.changes++
  }

  /** What the client wants that comes, until it is let in. */
  wish(wishes: Wishes): void {
    this.#former = { expiryMs: this.expiryMs, will: this.will }
    Object.assign(this, wishes)
  }

  /** The same in any case, let in or not. */
  decide(wishes: Partial<Wishes>): void {
    Object.assign(this, wishes)
    if (this.#former) this.#former = { ...this.#former, ...wishes }
  }

  /** Its client was not let in. */
  takeBack(): void {
    Object.assign(this, this.#former)
  }

  stopTimers(): void {
    this.cancelEnd?.()
    this.cancelWill?.()
  }

  detach(): void {
    this.#attached = undefined
    this.outgoing.detach()
  }

  /** Names a publish of QoS 1 or 2 by more than its packet id, which is used again. Only while somebody records. */
  serialOf(id: number, isRepeat: boolean): string {
    this.#serials ??= new Map()
    const serial = (isRepeat && this.#serials.get(id)) || randomId(9)
    this.#serials.set(id, serial)
    return serial
  }

  /** Names a publish of QoS 2 among those of all clients, until it is done. */
  nameOf(id: number): string {
    this.#names ??= new Map()
    const name = this.#names.get(id) ?? randomId(9)
    this.#names.set(id, name)
    return name
  }

  get names(): readonly (readonly [id: number, name: string])[] {
    return [...(this.#names ?? [])]
  }

  set names(names: readonly (readonly [id: number, name: string])[]) {
    this.#names = new Map(names)
  }

  /** A publish of QoS 2 is done, or refused: its id means another one. */
  forget(id: number): void {
    this.received.delete(id)
    this.#names?.delete(id)
  }

  deliver(delivery: Delivery): void {
    this.outgoing.push(delivery)
  }
}
