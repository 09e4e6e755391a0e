import { type Decode, invalid, type Meta } from '@org/realtime-core/kit'
import type { Ack, Publish, Qos } from './codec/packets.ts'
import type { Properties } from './codec/properties.ts'
import { isVerdict } from './codec/reason-lists.ts'
import type { Names } from './names.ts'
import { type PayloadFormat, toCodec } from './payloads.ts'
import type { Retained } from './retained.ts'
import { LAST_ID, type SessionState } from './session-state.ts'
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
  readonly topicAliasMaximum: number
  readonly retained: Retained
}

/** The messages that the server sends over one connection. */
export interface Incoming {
  publish(packet: Publish): void
  release(packet: Ack): void
}

/** An answer; without a code it is not known yet. */
interface Owed extends Pick<Ack, 'type' | 'id'> {
  code?: number
}

export function createIncoming(state: SessionState, wire: Wire, options: IncomingOptions): Incoming {
  const { incoming, routes, epoch } = state
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

  const finish = (entry: Owed, code = 0): void => {
    if (!isVerdict(code)) throw invalid('code', 'a reason code of PUBACK', code)
    entry.code ??= wire.isV5 ? code : 0
    while (owed[0]?.code !== undefined) {
      const answer = owed.shift() as Ack
      // What is refused is over: the server may use its identifier again. One of a lost session says nothing here.
      if (answer.type === 'pubrec' && answer.code < 128 && state.epoch === epoch) incoming.add(answer.id)
      wire.send(answer)
    }
  }

  /** The channels that a message is for: by the identifiers of their subscriptions, else by its topic. */
  const keysOf = (topic: string, identifiers: readonly number[] | undefined): readonly string[] => {
    const keys = routes.match(topic)
    if (!identifiers || keys.length < 2) return keys
    const named = keys.filter((key) => identifiers.includes(state.filters.get(key)?.identifier ?? 0))
    return named.length ? named : keys
  }

  const deliver = (packet: Publish, topic: string): void => {
    const { id, payload, qos, retain, dup, properties } = packet
    const keys = keysOf(topic, properties?.subscriptionIdentifiers)
    const entry: Owed | undefined = qos ? { type: qos > 1 ? 'pubrec' : 'puback', id } : undefined
    if (entry) owed.push(entry)
    const meta: MqttMeta = { channel: '', event: '', topic, qos, retain, dup, properties }
    options.retained.note(keys, topic, payload, meta)
    const [key] = keys
    if (manualAck) {
      let left = keys.length
      const ack = (code?: number): void => entry && finish(entry, code)
      meta.ack = ack
      // Somebody else may be at work on it.
      meta.unfit = () => --left || ack()
    }
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
      // Not our Receive Maximum: mosquitto 2.0 overruns it, and ending the connection would only bring the same again.
      if (qos && incoming.size + owed.length >= LAST_ID) return wire.violate(0x93, 'much')
      deliver(packet, topic)
    },
    release({ id }) {
      const wasKnown = incoming.delete(id)
      wire.send({ type: 'pubcomp', id, code: wasKnown || !wire.isV5 ? 0 : 0x92 })
    },
  }
}
