import { encode, type Level, type Packet, sizeOf } from '@org/realtime-mqtt/codec'
import type { Clock } from '../clock.ts'
import type { Wire } from '../wire.ts'
import type { Delivery } from './message.ts'
import type { Dropped, Sender } from './outgoing.ts'

interface SenderNeeds {
  readonly wire: Wire
  readonly clock: Clock
  readonly level: Level
  /** What the client has said that it takes. */
  readonly receiveMaximum: number
  readonly maximumPacketSize: number
  readonly topicAliases: number
  /** At QoS 0 nothing more is sent for now. */
  readonly isSlow: () => boolean
  readonly dropped: Dropped
}

/** Makes packets of deliveries, as one client takes them. */
export class PacketSender implements Sender {
  readonly most: number
  readonly level: Level
  readonly #needs: SenderNeeds
  readonly #aliases = new Map<string, number>()

  constructor(needs: SenderNeeds) {
    this.#needs = needs
    this.level = needs.level
    this.most = needs.receiveMaximum
  }

  /** One that is too large for the client is not sent [MQTT-3.1.2-24]. */
  send(packet: Packet): void {
    const { wire, maximumPacketSize } = this.#needs
    const bytes = encode(packet, this.level)
    if (bytes.length <= maximumPacketSize) wire.send(bytes)
  }

  publish(delivery: Delivery, id: number, dup: boolean): boolean {
    const { wire, clock, level, topicAliases, maximumPacketSize, isSlow } = this.#needs
    const { message, qos, retain, ids } = delivery
    if (!qos && isSlow()) return this.#leaveOut('slow')
    const isShared = !qos && !ids && !topicAliases
    const bytes = isShared ? message.toFrame(level, retain, clock.now()) : this.#encode(delivery, id, dup)
    if (bytes.length > maximumPacketSize) return this.#leaveOut('too-large')
    wire.send(bytes)
    return true
  }

  release(id: number, code: number): void {
    this.send({ type: 'pubrel', id, code })
  }

  /** What it stands for by now. */
  topicOfAlias(alias: number): string | undefined {
    return [...this.#aliases].find(([, known]) => known === alias)?.[0]
  }

  #leaveOut(why: Parameters<Dropped>[0]): false {
    this.#needs.dropped(why)
    return false
  }

  #encode(delivery: Delivery, id: number, dup: boolean): Uint8Array {
    const { clock, level, topicAliases, maximumPacketSize } = this.#needs
    const { topic } = delivery.message
    const packet = delivery.message.toPublish(delivery, id, dup, clock.now())
    const known = this.#aliases.get(topic)
    if (known !== undefined)
      return encode({ ...packet, topic: '', properties: { ...packet.properties, topicAlias: known } }, level)
    const topicAlias = this.#aliases.size + 1
    if (topicAlias > topicAliases) return encode(packet, level)
    const first = { ...packet, properties: { ...packet.properties, topicAlias } }
    // What is never sent teaches no alias.
    if (sizeOf(first, level) <= maximumPacketSize) this.#aliases.set(topic, topicAlias)
    return encode(first, level)
  }
}
