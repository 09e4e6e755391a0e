import type { Decode, Meta } from '@org/realtime-core/kit'
import type { Ack, Publish, Qos } from './codec/packets.ts'
import type { Properties } from './codec/properties.ts'
import type { Names } from './names.ts'
import { type PayloadFormat, toCodec } from './payloads.ts'
import type { Retained } from './retained.ts'
import type { SessionState } from './session-state.ts'
import type { Wire } from './wire.ts'

/** What comes with a message. */
export interface MqttMeta extends Meta {
  topic: string
  qos: Qos
  /** It was kept by the server, and not published just now. */
  retain: boolean
  /** The server may have sent it before. */
  dup: boolean
  /** Of MQTT 5. */
  properties: Properties | undefined
  /** With `manualAck`: says that the work is done; at QoS 0 nothing. Acknowledgements go out in the order of arrival. */
  ack?(code?: number): void
}

export interface IncomingOptions {
  readonly names: Names
  readonly payload: PayloadFormat | ((topic: string) => PayloadFormat)
  readonly manualAck: boolean
  readonly receiveMaximum: number
  readonly topicAliasMaximum: number
  readonly retained: Retained
}

/** The messages that the server sends over one connection. */
export interface Incoming {
  publish(packet: Publish): void
  release(packet: Ack): void
}

interface Owed {
  answer: Ack
  isDone: boolean
}

export function createIncoming(state: SessionState, wire: Wire, options: IncomingOptions): Incoming {
  const { incoming, routes } = state
  const { names, manualAck, payload: format } = options
  const topics = new Map<number, string>()
  /** Acknowledgements in the order of arrival [MQTT-4.6.0-2, -3], as long as one before them is missing. */
  const owed: Owed[] = []

  /** Whatever is not ours is called where a payload is wanted, and core answers for it. */
  const decoderOf =
    (topic: string): Decode =>
    (payload) =>
      toCodec(typeof format === 'function' ? format(topic) : format).decode(payload as Uint8Array, topic)
  /** Our own formats do not look at the topic. */
  const plain = typeof format === 'string' ? decoderOf('') : undefined

  const flush = (): void => {
    while (owed[0]?.isDone) {
      const { answer } = owed.shift() as Owed
      // What is refused is over: the server may use its identifier again.
      if (answer.type === 'pubrec' && answer.code < 128) incoming.add(answer.id)
      wire.send(answer)
    }
  }

  const toOwed = ({ qos, id }: Publish): Owed => {
    const entry: Owed = { answer: { type: qos === 1 ? 'puback' : 'pubrec', id, code: 0 }, isDone: false }
    owed.push(entry)
    return entry
  }

  const finish = (entry: Owed, code = 0): void => {
    if (entry.isDone) return
    entry.isDone = true
    entry.answer = { ...entry.answer, code: wire.isV5 ? code : 0 }
    flush()
  }

  /** The channels that a message is for: by the identifiers of their subscriptions, else by its topic. */
  const keysOf = (topic: string, identifiers: readonly number[] | undefined): readonly string[] => {
    const keys = routes.match(topic)
    if (!identifiers || keys.length < 2) return keys
    const named = keys.filter((key) => identifiers.includes(state.filters.get(key)?.identifier ?? 0))
    return named.length ? named : keys
  }

  const deliver = (packet: Publish, topic: string): void => {
    const { payload, qos, retain, dup, properties } = packet
    const keys = keysOf(topic, properties?.subscriptionIdentifiers)
    const entry = qos ? toOwed(packet) : undefined
    const meta: MqttMeta = { channel: '', event: '', topic, qos, retain, dup, properties }
    if (manualAck) meta.ack = (code) => entry && finish(entry, code)
    options.retained.note(keys, topic, payload, meta)
    const [key] = keys
    if (key !== undefined)
      wire.events.message(
        keys.length > 1 ? keys : key,
        names.toEvent(topic),
        payload,
        meta,
        plain ?? decoderOf(topic),
      )
    // Also what nobody hears is acknowledged [MQTT-4.5.0-2].
    if (entry && (!manualAck || key === undefined)) finish(entry)
  }

  const resolve = (topic: string, alias: number | undefined): string | undefined => {
    if (alias === undefined) return topic
    const isTooHigh = alias > options.topicAliasMaximum
    if (isTooHigh) wire.violate(0x94, 'alias', alias)
    else if (topic) topics.set(alias, topic)
    else if (!topics.has(alias)) wire.violate(0x82, 'alias', alias)
    return isTooHigh ? undefined : topics.get(alias)
  }

  return {
    publish(packet) {
      const { id, qos } = packet
      const topic = resolve(packet.topic, packet.properties?.topicAlias)
      if (topic === undefined) return
      // It is here already [MQTT-4.3.3-10].
      if (qos === 2 && incoming.has(id)) return wire.send({ type: 'pubrec', id, code: 0 })
      if (qos && incoming.size + owed.length >= options.receiveMaximum) return wire.violate(0x93, 'much')
      deliver(packet, topic)
    },
    release({ id }) {
      const wasKnown = incoming.delete(id)
      wire.send({ type: 'pubcomp', id, code: wasKnown || !wire.isV5 ? 0 : 0x92 })
    },
  }
}
