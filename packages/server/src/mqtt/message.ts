import {
  encode,
  type Level,
  type Properties,
  type Publish,
  type Qos,
  type Will,
} from '@org/realtime-mqtt/codec'
import type { Position } from '../adapter.ts'

/** What a receiver gets of the properties of a publish. */
const FORWARDED = [
  'payloadFormatIndicator',
  'contentType',
  'responseTopic',
  'correlationData',
  'userProperties',
] as const satisfies readonly (keyof Properties)[]

/** A message on its way to whoever wants it, for as long as any of them has not got it. */
export class Message {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: Qos
  readonly retain: boolean
  readonly properties: Properties | undefined
  /** On the clock of the broker. */
  readonly expiresAt: number | undefined
  /** Id of the client that sent it. */
  readonly from: string | undefined
  /** Where nodes have it in common. */
  place: Position | undefined
  /** Made once for all who get the same bytes, by level and retain flag. */
  #frames: Record<number, Uint8Array> | undefined

  /** Bytes of the packet are copied: they may be views of what was received. */
  constructor(packet: Omit<Publish, 'type' | 'dup' | 'id'> | Will, from: string | undefined, now: number) {
    this.topic = packet.topic
    this.payload = packet.payload.slice()
    this.qos = packet.qos
    this.retain = packet.retain
    this.from = from
    const { properties } = packet
    this.properties = properties && toForwarded(properties)
    const expiry = properties?.messageExpiryInterval
    this.expiresAt = expiry === undefined ? undefined : now + expiry * 1000
  }

  /** Roughly what it takes in memory. */
  get bytes(): number {
    return OVERHEAD_BYTES + this.topic.length + this.payload.length + (this.properties ? PROPERTIES_BYTES : 0)
  }

  isOver(now: number): boolean {
    return this.expiresAt !== undefined && this.expiresAt <= now
  }

  /** As a packet for one receiver. */
  toPublish({ qos, retain, ids }: Delivery, id: number, dup: boolean, now: number): Publish {
    const { topic, payload } = this
    return { type: 'publish', topic, payload, qos, retain, dup, id, properties: this.#toProperties(ids, now) }
  }

  /** The same bytes for all who get it at QoS 0 and have nothing of their own in it. */
  toFrame(level: Level, retain: boolean, now: number): Uint8Array {
    const key = (level === 5 ? 2 : 0) + (retain ? 1 : 0)
    const known = this.expiresAt === undefined ? this.#frames?.[key] : undefined
    if (known) return known
    const bytes = encode(this.toPublish({ message: this, qos: 0, retain }, 0, false, now), level)
    this.#frames ??= {}
    this.#frames[key] = bytes
    return bytes
  }

  #toProperties(ids: readonly number[] | undefined, now: number): Properties | undefined {
    const { properties, expiresAt } = this
    if (expiresAt === undefined && !ids) return properties
    return {
      ...properties,
      ...(expiresAt !== undefined && {
        messageExpiryInterval: Math.max(1, Math.ceil((expiresAt - now) / 1000)),
      }),
      ...(ids && { subscriptionIdentifiers: ids }),
    }
  }
}

/** One message for one receiver. */
export interface Delivery {
  readonly message: Message
  readonly qos: Qos
  readonly retain: boolean
  /** The identifiers of the subscriptions that it is for. */
  readonly ids?: readonly number[] | undefined
  /** The shared filter that it came by: another member may get it instead. */
  readonly shared?: string | undefined
}

const OVERHEAD_BYTES = 200
const PROPERTIES_BYTES = 200

function toForwarded(properties: Properties): Properties | undefined {
  const kept = FORWARDED.flatMap((name) => {
    const value = properties[name]
    if (value === undefined) return []
    return [[name, value instanceof Uint8Array ? value.slice() : value] as const]
  })
  return kept.length ? Object.fromEntries(kept) : undefined
}
