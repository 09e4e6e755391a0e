import type { Clock } from '../clock.ts'
import type { Tallied } from '../tally.ts'
import { Window } from '../window.ts'
import type { Delivery } from './message.ts'
import { reasons } from './reasons.ts'

/** What a session sends by while its client is there. */
export interface Sender {
  /** How many may be unacknowledged at once. */
  readonly most: number
  /** False for what is too large for the client: it counts as sent and done [MQTT-3.1.2-25]. */
  publish(delivery: Delivery, id: number, dup: boolean): boolean
  release(id: number, code: number): void
}

/** A delivery of QoS 1 or 2 that is under way. Without `delivery` it was received, and waits for PUBCOMP. */
interface Entry {
  readonly id: number
  readonly qos: 1 | 2
  delivery: Delivery | undefined
  /** Over the connection that is up. */
  isSent: boolean
}

/** A delivery as it is kept elsewhere; those with an id are under way. */
export interface KeptDelivery {
  readonly id?: number
  readonly qos: 1 | 2
  /** Undefined for one that was received, and waits for PUBCOMP. */
  readonly delivery: Delivery | undefined
}

export type Dropped = (why: Tallied['drops']['reason']) => void

interface OutgoingNeeds {
  readonly clock: Clock
  readonly messages: number
  readonly bytes: number
  readonly inFlight: number
  /** A message is left out. */
  readonly dropped: Dropped
}

const LAST_ID = 65_535

/** What one client is sent: in order, with as much under way as it takes, kept over its connections. */
export class Outgoing {
  readonly #needs: OutgoingNeeds
  readonly #queue = new Window<Delivery>()
  readonly #entries = new Map<number, Entry>()
  #queueBytes = 0
  #lastId = 0
  /** Of the entries, those that count against the quota of this connection. */
  #underWay = 0
  #unsent = 0
  /** Grows with every change of what is kept. */
  version = 0
  #sender: Sender | undefined

  constructor(needs: OutgoingNeeds) {
    this.#needs = needs
  }

  /** What waits and what is under way. */
  get size(): number {
    return this.#queue.length + this.#entries.size
  }

  /** Sends or keeps it. What is over the bounds of the queue is lost, as is QoS 0 for a client that is away. */
  push(delivery: Delivery): void {
    if (!delivery.qos) return void this.#sender?.publish(delivery, 0, false)
    if (this.#canSend && !this.#queue.length) return this.#begin(delivery)
    const { messages, bytes } = this.#needs
    const isFull = this.#queue.length >= messages || this.#queueBytes + delivery.message.bytes > bytes
    if (isFull) return this.#needs.dropped('queue-full')
    this.#enqueue(delivery)
  }

  /** Its client is there, and let in. */
  get isUp(): boolean {
    return this.#sender !== undefined
  }

  /** All that waits and is under way, in order. */
  get kept(): readonly KeptDelivery[] {
    const underWay = [...this.#entries.values()].map(({ id, qos, delivery }) => ({ id, qos, delivery }))
    const waiting = this.#queue.last(this.#queue.length)
    return [...underWay, ...waiting.map((delivery) => ({ qos: delivery.qos as 1 | 2, delivery }))]
  }

  /** What was kept elsewhere, before anything else comes. */
  restore(kept: readonly KeptDelivery[]): void {
    for (const { id, qos, delivery } of kept) {
      if (id !== undefined) {
        this.#entries.set(id, { id, qos, delivery, isSent: false })
        this.#lastId = id
      } else if (delivery) this.#enqueue(delivery)
    }
  }

  /** Its client is there: sends again what is not acknowledged, with its old ids and in its old order. */
  attach(sender: Sender): void {
    this.#sender = sender
    this.#underWay = 0
    this.#unsent = this.#entries.size
    for (const entry of this.#entries.values()) entry.isSent = false
    this.#pump()
  }

  detach(): void {
    this.#sender = undefined
  }

  /** What another may get instead: at QoS 2 nothing that was sent, for it may have come [MQTT-4.8.2-5]. */
  get unfinished(): readonly Delivery[] {
    const sent = [...this.#entries.values()].flatMap(({ qos, delivery }) => (qos === 1 && delivery) || [])
    return [...sent, ...this.#queue.last(this.#queue.length)]
  }

  /** False when the id belongs to something else. */
  puback(id: number): boolean {
    const entry = this.#entries.get(id)
    if (entry?.qos === 2) return false
    if (entry) this.#done(entry)
    return true
  }

  pubrec(id: number, code: number): boolean {
    const entry = this.#entries.get(id)
    if (entry?.qos === 1) return false
    if (!entry) {
      if (code < 0x80) this.#sender?.release(id, UNKNOWN_ID)
      return true
    }
    if (code >= 0x80) this.#done(entry)
    else {
      entry.delivery = undefined
      this.version++
      this.#sender?.release(id, 0)
    }
    return true
  }

  pubcomp(id: number): boolean {
    const entry = this.#entries.get(id)
    if (entry?.delivery) return false
    if (entry) this.#done(entry)
    return true
  }

  get #canSend(): boolean {
    const { inFlight } = this.#needs
    return (
      this.#sender !== undefined &&
      this.#unsent === 0 &&
      this.#underWay < Math.min(inFlight, this.#sender.most)
    )
  }

  #enqueue(delivery: Delivery): void {
    this.#queue.push(delivery)
    this.#queueBytes += delivery.message.bytes
    this.version++
  }

  #done(entry: Entry): void {
    this.#entries.delete(entry.id)
    this.version++
    if (entry.isSent) this.#underWay--
    else this.#unsent--
    this.#pump()
  }

  #pump(): void {
    if (this.#unsent) this.#sendAgain()
    while (this.#canSend && this.#queue.length) {
      const delivery = this.#queue.shift() as Delivery
      this.#queueBytes -= delivery.message.bytes
      if (!delivery.message.isOver(this.#needs.clock.now())) this.#begin(delivery)
    }
  }

  #sendAgain(): void {
    const sender = this.#sender
    if (!sender) return
    const most = Math.min(this.#needs.inFlight, sender.most)
    for (const entry of this.#entries.values()) {
      if (entry.isSent) continue
      if (this.#underWay >= most) return
      entry.isSent = true
      this.#unsent--
      this.#underWay++
      if (!entry.delivery) sender.release(entry.id, 0)
      else if (!sender.publish(entry.delivery, entry.id, true)) this.#done(entry)
    }
  }

  #begin(delivery: Delivery): void {
    const id = this.#nextId()
    if (!this.#sender?.publish(delivery, id, false)) return
    this.#entries.set(id, { id, qos: delivery.qos as 1 | 2, delivery, isSent: true })
    this.#underWay++
    this.version++
  }

  /** There is one: fewer are under way than there are ids. */
  #nextId(): number {
    do this.#lastId = (this.#lastId % LAST_ID) + 1
    while (this.#entries.has(this.#lastId))
    return this.#lastId
  }
}

const UNKNOWN_ID = reasons.unknownId
