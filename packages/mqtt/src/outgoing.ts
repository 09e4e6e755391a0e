import { type OutgoingMessage, RealtimeError } from '@org/realtime-core/kit'
import type { Ack, Publish, Qos } from './codec/packets.ts'
import type { Properties } from './codec/properties.ts'
import { isTopic } from './codec/topics.ts'
import { fault, type Why } from './fault.ts'
import type { Names } from './names.ts'
import { type Flight, nextPacketId, type SessionState } from './session-state.ts'
import type { Wire } from './wire.ts'

export interface OutgoingOptions {
  readonly names: Names
  /** How many publishes may be unanswered at once; the server may take fewer. */
  readonly inFlight: number | undefined
  /** What becomes of a publish that a lost session leaves in doubt. */
  readonly republish: 'none' | 'qos1' | 'all'
}

/** The publishes of one connection. */
export interface Outgoing {
  publish(message: OutgoingMessage): 'sent' | 'pending'
  ack(packet: Ack): void
  /** Goes on with what an earlier connection left, or gives it up. */
  begin(isPresent: boolean): void
}

/** Servers before level 5 do not say how many they take, and mosquitto 2.0 acknowledges and loses what is more. */
const UNTOLD = 20

/** More than this may not wait for the quota. */
const MOST_WAITING_BYTES = 67_108_864

/** Packet Identifier not found. */
const NOT_FOUND = 0x92

const levels = { volatile: 0, 'at-most-once': 0, 'at-least-once': 1, 'exactly-once': 2 } as const

export function createOutgoing(state: SessionState, wire: Wire, options: OutgoingOptions): Outgoing {
  const { events, server } = wire
  const { outgoing } = state
  const aliases = new Map<string, number>()
  /** In flight, but held back by the quota. */
  const waiting = new Set<number>()
  /** Released by an earlier connection already: the server may have let go of them. */
  const released = new Set<number>()
  let waitingBytes = 0
  let unanswered = 0
  const quota = Math.min(options.inFlight ?? (wire.isV5 ? 65_535 : UNTOLD), server.receiveMaximum ?? 65_535)

  /** The same packet with the alias of its topic, and without the topic from the second time on. */
  const aliased = (packet: Publish): Publish => {
    const { topic, properties } = packet
    const known = aliases.get(topic)
    const topicAlias = known ?? aliases.size + 1
    if (topicAlias > (server.topicAliasMaximum ?? 0)) return packet
    return { ...packet, topic: known ? '' : topic, properties: { ...properties, topicAlias } }
  }

  const write = (packet: Publish): void => {
    if (!server.topicAliasMaximum) return wire.send(packet)
    const short = aliased(packet)
    wire.send(short)
    // Only what the server has heard may be referred to.
    if (short.topic && short !== packet) aliases.set(packet.topic, short.properties?.topicAlias as number)
  }

  const start = (flight: Flight): void => {
    const { packet, stage } = flight
    write(stage === 'sent' ? { ...packet, dup: true } : packet)
    flight.stage = 'sent'
    unanswered++
  }

  const pump = (): void => {
    for (const id of waiting) {
      if (unanswered >= quota) return
      waiting.delete(id)
      const flight = outgoing.get(id) as Flight
      waitingBytes -= flight.packet.payload.length
      try {
        start(flight)
        outgoing.set(id, flight)
      } catch (error) {
        // A new server may take less than the one before.
        outgoing.delete(id)
        const { message } = flight
        if (message) events.settled(message.id, { refused: toRefusal(message, error) })
      }
    }
  }

  const settle = (id: number, flight: Flight, code: number, reason: string | undefined): void => {
    outgoing.delete(id)
    released.delete(id)
    unanswered--
    const { message } = flight
    if (message)
      events.settled(message.id, code < 128 ? 'acknowledged' : { refused: refusal(message, code, reason) })
    pump()
  }

  const release = (id: number, code = 0): void => wire.send({ type: 'pubrel', id, code })

  const queue = (id: number, { packet }: Flight): void => {
    waiting.add(id)
    waitingBytes += packet.payload.length
  }

  const take = (message: OutgoingMessage, packet: Publish): void => {
    const id = nextPacketId(state, wire.asked)
    if (!id || waitingBytes > MOST_WAITING_BYTES) throw refusal(message, 0x97, 'room')
    const flight: Flight = { message, packet: { ...packet, id }, stage: 'waiting' }
    if (waiting.size || unanswered >= quota) queue(id, flight)
    else start(flight)
    outgoing.set(id, flight)
  }

  return {
    publish(message) {
      const packet = toPacket(message, options.names)
      const { qos } = packet
      if (qos > (server.maximumQos ?? 2)) throw refusal(message, 0x9b, 'ability', 'QoS')
      if (packet.retain && server.retainAvailable === false) throw refusal(message, 0x9a, 'ability', 'retain')
      try {
        if (!qos) {
          write(packet)
          return 'sent'
        }
        if (message.resent && state.uncertain.delete(message.id)) events.settled(message.id, 'unknown')
        // What a store has brought back is on its way already.
        else if (!state.restored.delete(message.id)) take(message, packet)
        return 'pending'
      } catch (error) {
        throw toRefusal(message, error)
      }
    },
    ack({ type, id, code, properties }) {
      const flight = outgoing.get(id)
      const isKnown = flight && flight.stage !== 'waiting'
      const wanted = flight?.packet.qos === 1 ? 'puback' : flight?.stage === 'released' ? 'pubcomp' : 'pubrec'
      if (!isKnown) {
        // [MQTT-4.3.3-4]: whoever holds an identifier that is not ours is to let it go.
        if (type === 'pubrec' && code < 128) release(id, wire.isV5 ? NOT_FOUND : 0)
      } else if (type === wanted) {
        // Not found is no error during recovery [MQTT-3.7.2.1].
        const isOver = type === 'pubcomp' && code === NOT_FOUND && released.has(id)
        if (type !== 'pubrec' || code >= 128)
          return settle(id, flight, isOver ? 0 : code, properties?.reasonString)
        flight.stage = 'released'
        // PUBRELs are sent again in the order of their PUBRECs [MQTT-4.6.0-4].
        outgoing.delete(id)
        outgoing.set(id, flight)
        release(id)
      } else if (type === 'pubrec' && flight.stage === 'released') release(id)
      else wire.violate(0x82, 'answer', id)
    },
    begin(isPresent) {
      if (isPresent) {
        for (const [id, flight] of outgoing) {
          if (flight.stage !== 'released') queue(id, flight)
          else {
            unanswered++
            released.add(id)
            release(id)
          }
        }
        return pump()
      }
      for (const { message, packet, stage } of outgoing.values()) {
        const isInDoubt = stage !== 'waiting' && (packet.qos === 2 || options.republish === 'none')
        if (message && isInDoubt && options.republish !== 'all') state.uncertain.add(message.id)
      }
      outgoing.clear()
      state.restored.clear()
    },
  }
}

export function toPacket(message: OutgoingMessage, names: Names): Publish {
  const { key, event, payload, delivery, options } = message
  const topic = names.toTopic(key, event)
  if (topic === undefined) throw refusal(message, 0x90, 'topic', `${key}, ${event}`)
  const {
    retain = false,
    properties,
    qos: wanted,
  } = options as { retain?: boolean; properties?: Properties; qos?: Qos }
  // [MQTT-3.3.2-14, 3.3.4-6]; aliases are given out here.
  if (properties)
    for (const name of ['responseTopic', 'subscriptionIdentifiers', 'topicAlias'] as const) {
      const value = properties[name]
      if (value !== undefined && !(name === 'responseTopic' && isTopic(value as string)))
        throw refusal(message, 0x82, 'property', name)
    }
  const qos: Qos | undefined = levels[delivery]
  if (qos === undefined || (wanted ?? qos) !== qos) throw refusal(message, 0x9b, 'delivery')
  return {
    type: 'publish',
    topic,
    payload: payload as Uint8Array,
    qos,
    retain,
    dup: false,
    id: 0,
    properties,
  }
}

function refusal(
  { key: channel, event, id }: OutgoingMessage,
  code: number,
  why: Why | (string & {}) = 'refused',
  fact?: string,
): RealtimeError<'publish.refused'> {
  return fault('publish.refused', { channel, event, id, code }, undefined, why, fact)
}

/** What a packet that cannot be written means for its message. */
function toRefusal({ key: channel, event, id }: OutgoingMessage, cause: unknown): RealtimeError {
  const details = { channel, event, id }
  if (RealtimeError.is(cause, 'message.too-large'))
    return fault('message.too-large', { ...cause.details, ...details })
  if (RealtimeError.is(cause, 'publish.refused')) return cause
  return fault('publish.refused', details, cause, (cause as Error).message)
}
