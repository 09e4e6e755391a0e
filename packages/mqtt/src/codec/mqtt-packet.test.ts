import mqttPacket, { type Packet as Foreign } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { decode, encode, type Level, type Packet, type Properties } from '../codec.ts'
import { fromHex, type Vector, vectors } from './vectors-test-setup.ts'

/** Names that mqtt-packet spells otherwise. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value ?? {}, (key, inner: unknown) => {
      if (key === 'type' || key === 'length') return undefined
      return inner
    }),
  )

function read(bytes: Uint8Array, level: Level): Foreign {
  const parser = mqttPacket.parser({ protocolVersion: level })
  const packets: Foreign[] = []
  let failure: unknown
  parser.on('packet', (packet) => packets.push(packet))
  parser.on('error', (error) => {
    failure = error
  })
  parser.parse(Buffer.from(bytes))
  if (failure) throw failure
  if (packets.length !== 1) throw new Error(`mqtt-packet found ${packets.length} packets`)
  return packets[0] as Foreign
}

const bytes = (value: Uint8Array | undefined): Buffer | undefined => value && Buffer.from(value)

function toForeignProperties(given: Properties | undefined): object | undefined {
  if (!given) return undefined
  const { userProperties, subscriptionIdentifiers, correlationData, authenticationData, ...more } = given
  const { maximumQos, subscriptionIdentifierAvailable, ...rest } = more
  const [identifier] = subscriptionIdentifiers ?? []
  return {
    ...rest,
    ...(maximumQos !== undefined && { maximumQoS: maximumQos }),
    ...(subscriptionIdentifierAvailable !== undefined && {
      subscriptionIdentifiersAvailable: subscriptionIdentifierAvailable,
    }),
    ...(userProperties && { userProperties: Object.fromEntries(userProperties) }),
    ...(subscriptionIdentifiers && { subscriptionIdentifier: identifier }),
    ...(correlationData && { correlationData: bytes(correlationData) }),
    ...(authenticationData && { authenticationData: bytes(authenticationData) }),
  }
}

/** The same packet in the words of mqtt-packet. */
function toForeign(packet: Packet, level: Level): Foreign {
  const properties = 'properties' in packet ? toForeignProperties(packet.properties) : undefined
  const reasonCode = (code: number): object => (level === 5 ? { reasonCode: code } : {})
  const common = { cmd: packet.type, ...(properties && { properties }) }
  switch (packet.type) {
    case 'connect': {
      const { clientId, clean, keepAlive: keepalive, username, password, will } = packet
      return {
        ...common,
        protocolId: packet.level === 3 ? 'MQIsdp' : 'MQTT',
        protocolVersion: packet.level,
        clientId,
        clean,
        keepalive,
        ...(username !== undefined && { username }),
        ...(password && { password: bytes(password) }),
        ...(will && {
          will: {
            ...will,
            payload: bytes(will.payload),
            properties: toForeignProperties(will.properties),
          },
        }),
      } as Foreign
    }
    case 'connack': {
      const { sessionPresent, code } = packet
      return {
        ...common,
        sessionPresent,
        ...(level === 5 ? { reasonCode: code } : { returnCode: code }),
      } as Foreign
    }
    case 'publish': {
      const { topic, payload, qos, retain, dup, id } = packet
      return {
        ...common,
        topic,
        payload: bytes(payload),
        qos,
        retain,
        dup,
        ...(qos && { messageId: id }),
      } as Foreign
    }
    case 'subscribe':
      return {
        ...common,
        messageId: packet.id,
        subscriptions: packet.filters.map(({ filter, qos, noLocal, retainAsPublished, retainHandling }) => ({
          topic: filter,
          qos,
          ...(level === 5 && { nl: noLocal, rap: retainAsPublished, rh: retainHandling }),
        })),
      } as Foreign
    case 'unsubscribe':
      return { ...common, messageId: packet.id, unsubscriptions: [...packet.filters] } as Foreign
    case 'suback':
    case 'unsuback':
      return {
        ...common,
        messageId: packet.id,
        ...(packet.codes.length && { granted: [...packet.codes] }),
      } as Foreign
    case 'pingreq':
    case 'pingresp':
      return common as Foreign
    case 'disconnect':
    case 'auth':
      return { ...common, ...reasonCode(packet.code) } as Foreign
    default:
      return { ...common, messageId: packet.id, ...reasonCode(packet.code) } as Foreign
  }
}

/** It reads a CONNACK of 3.1.1 at level 5 as one of 5, and does not know the short form of AUTH. */
const shared = vectors.filter(({ name }) => !/to a client of 5|in short/.test(name))

const told = (found: Foreign, expected: Foreign): unknown => {
  const keys = Object.keys(expected).filter((key) => expected[key as keyof Foreign] !== undefined)
  return plain(Object.fromEntries(keys.map((key) => [key, found[key as keyof Foreign]])))
}

describe('mqtt-packet', () => {
  it.each(shared)('reads what we write: $name', ({ packet, level }: Vector) => {
    const expected = toForeign(packet, level)
    expect(told(read(encode(packet, level), level), expected)).toEqual(plain(expected))
  })

  it.each(shared)('writes what we read: $name', ({ packet, level, role, hex }: Vector) => {
    const written = mqttPacket.generate(toForeign(packet, level), { protocolVersion: level })
    const again = decode(new Uint8Array(written), { level, role })
    // Nothing tells it that an empty set of properties is none.
    expect(again).toEqual(decode(fromHex(hex), { level, role }))
  })
})
