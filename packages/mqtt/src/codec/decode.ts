import { malformed, PROTOCOL_ERROR, TOPIC_INVALID, UNSUPPORTED_VERSION } from './malformed.ts'
import {
  type Ack,
  type Auth,
  type Connack,
  type Connect,
  type Disconnect,
  type FilterRequest,
  type Level,
  type Packet,
  type Publish,
  packetTypes,
  type Qos,
  type Will,
} from './packets.ts'
import { type Properties, readProperties } from './properties.ts'
import type { Reader } from './reader.ts'
import { checkCode } from './reason-lists.ts'
import { isShared } from './topics.ts'

/** Who reads: each may get only what the other may send. */
export type Role = 'client' | 'server'

/** Bits of the types that only clients send, and of those that only servers send. */
const FROM_CLIENT = (1 << 1) | (1 << 8) | (1 << 10) | (1 << 12)
const FROM_SERVER = (1 << 2) | (1 << 9) | (1 << 11) | (1 << 13)

/** Bits of the types whose flags are 0010; those of the others are 0 [MQTT-2.1.3-1]. */
const FLAGGED = (1 << 6) | (1 << 8) | (1 << 10)
const DUP = 8

/** Decodes the packet whose fixed header has been read; the reader stands behind it and ends with it. */
export function decodeBody(reader: Reader, header: number, level: Level, role: Role): Packet {
  const type = header >> 4
  const packet =
    type === 3 ? readPublish(reader, header, level, role) : readOther(reader, header, level, role)
  if (reader.left) throw malformed(`Packet ${packet.type} goes on after its end`)
  return packet
}

function readPublish(reader: Reader, header: number, level: Level, role: Role): Publish {
  const qos = ((header >> 1) & 3) as Qos
  const dup = (header & DUP) !== 0
  if ((qos as number) === 3) throw malformed('QoS is 3')
  if (dup && !qos) throw malformed('DUP is set at QoS 0')
  const topic = reader.text()
  const id = qos ? reader.id() : 0
  const properties = level === 5 ? readProperties(reader, 3) : undefined
  if (!topic && properties?.topicAlias === undefined)
    throw malformed('Topic is empty', level === 5 ? PROTOCOL_ERROR : TOPIC_INVALID)
  if (hasWildcard(topic)) throw malformed('Topic holds a wildcard', TOPIC_INVALID)
  if (properties) checkMessage(properties, role)
  return {
    type: 'publish',
    topic,
    payload: reader.rest(),
    qos,
    retain: (header & 1) === 1,
    dup,
    id,
    properties,
  }
}

function checkMessage({ responseTopic, subscriptionIdentifiers }: Properties, role?: Role): void {
  if (responseTopic !== undefined && (!responseTopic || hasWildcard(responseTopic)))
    throw malformed('Response topic is no topic', PROTOCOL_ERROR)
  if (role === 'server' && subscriptionIdentifiers)
    throw malformed('A client may not send a subscription identifier', PROTOCOL_ERROR)
}

const hasWildcard = (topic: string): boolean => topic.includes('+') || topic.includes('#')

function readOther(reader: Reader, header: number, level: Level, role: Role): Packet {
  const number = header >> 4
  const type = packetTypes[number]
  // MQTT 3.1 repeats these packets, and says so.
  const flags = header & (level === 3 && (FLAGGED >> number) & 1 ? ~DUP & 15 : 15)
  if (flags !== ((FLAGGED >> number) & 1) * 2) throw malformed(`Flags of packet ${number} are reserved`)
  if (!type || ((role === 'client' ? FROM_CLIENT : FROM_SERVER) >> number) & 1)
    throw malformed(`A ${role} gets no packet ${type || number}`, PROTOCOL_ERROR)
  const isV5 = level === 5
  const from = role === 'client' ? 'server' : 'client'
  switch (type) {
    case 'connect':
      return readConnect(reader)
    case 'connack':
      return readConnack(reader, level)
    case 'suback': {
      const id = reader.id()
      const properties = isV5 ? readProperties(reader, number) : undefined
      return { type, id, properties, codes: readCodes(reader, isV5 ? 'suback' : 'granted') }
    }
    case 'unsuback': {
      const id = reader.id()
      const properties = isV5 ? readProperties(reader, number) : undefined
      return { type, id, properties, codes: isV5 ? readCodes(reader, 'unsuback') : [] }
    }
    case 'subscribe': {
      const id = reader.id()
      const properties = isV5 ? readProperties(reader, number) : undefined
      return { type, id, properties, filters: readAll(reader, () => readFilter(reader, isV5)) }
    }
    case 'unsubscribe': {
      const id = reader.id()
      const properties = isV5 ? readProperties(reader, number) : undefined
      return { type, id, properties, filters: readAll(reader, () => readFilterText(reader)) }
    }
    case 'pingreq':
    case 'pingresp':
      return { type }
    case 'disconnect':
      if (!isV5 && role === 'client') throw malformed('Server said DISCONNECT before MQTT 5', PROTOCOL_ERROR)
      return readEnding(reader, type, number, isV5, from)
    case 'auth':
      if (!isV5) throw malformed('AUTH came before MQTT 5', PROTOCOL_ERROR)
      return readEnding(reader, type, number, isV5, from)
    default:
      return readAck(reader, type as Ack['type'], number, isV5)
  }
}

function readAck(reader: Reader, type: Ack['type'], number: number, isV5: boolean): Ack {
  const id = reader.id()
  const code = isV5 && reader.left ? reader.byte() : 0
  if (code) checkCode(type, code)
  return { type, id, code, properties: isV5 && reader.left ? readProperties(reader, number) : undefined }
}

function readEnding<T extends 'disconnect' | 'auth'>(
  reader: Reader,
  type: T,
  number: number,
  isV5: boolean,
  from: Role,
): (Disconnect | Auth) & { readonly type: T } {
  const code = isV5 && reader.left ? reader.byte() : 0
  checkCode(type, code, from)
  const properties = isV5 && reader.left ? readProperties(reader, number) : undefined
  return { type, code, properties } as (Disconnect | Auth) & { readonly type: T }
}

function readConnack(reader: Reader, level: Level): Connack {
  const flags = reader.byte()
  const code = reader.byte()
  // Only level 5 has properties, and their length at least.
  const form = level === 5 && !reader.left ? 4 : level
  if (flags > 1 || (flags && code)) throw malformed('Flags of CONNACK are reserved', PROTOCOL_ERROR)
  checkCode(form === 5 ? 'connack' : 'return', code)
  const properties = form === 5 ? readProperties(reader, 2) : undefined
  return { type: 'connack', level: form, sessionPresent: flags === 1, code, properties }
}

function readConnect(reader: Reader): Connect {
  const name = reader.text()
  const level = reader.byte() as Level
  if (name === 'MQIsdp' ? level !== 3 : name !== 'MQTT' || (level !== 4 && level !== 5))
    throw malformed(`There is no protocol ${name} ${level}`, UNSUPPORTED_VERSION)
  const flags = reader.byte()
  const keepAlive = reader.uint16()
  const hasWill = (flags & 4) !== 0
  const qos = ((flags >> 3) & 3) as Qos
  if (flags & 1 || (qos as number) === 3 || (!hasWill && flags & 56))
    throw malformed('Flags of CONNECT are wrong')
  if (level < 5 && (flags & 192) === 64) throw malformed('Password comes without a user name')
  const properties = level === 5 ? readProperties(reader, 1) : undefined
  if (properties?.authenticationData && properties.authenticationMethod === undefined)
    throw malformed('Authentication data comes without a method', PROTOCOL_ERROR)
  const clientId = reader.text()
  const will = hasWill ? readWill(reader, qos, (flags & 32) !== 0, level) : undefined
  const username = flags & 128 ? reader.text() : undefined
  const password = flags & 64 ? reader.binary() : undefined
  const clean = (flags & 2) !== 0
  return { type: 'connect', level, clientId, clean, keepAlive, username, password, will, properties }
}

function readWill(reader: Reader, qos: Qos, retain: boolean, level: Level): Will {
  const properties = level === 5 ? readProperties(reader, 0) : undefined
  if (properties) checkMessage(properties)
  const topic = reader.text()
  if (!topic || hasWildcard(topic)) throw malformed('Will has no topic', TOPIC_INVALID)
  return { topic, payload: reader.binary(), qos, retain, properties }
}

function readCodes(reader: Reader, list: Parameters<typeof checkCode>[0]): number[] {
  const codes = [...reader.rest()]
  if (!codes.length) throw malformed('Acknowledgement holds no code', PROTOCOL_ERROR)
  for (const code of codes) checkCode(list, code)
  return codes
}

function readAll<T>(reader: Reader, read: () => T): T[] {
  const all: T[] = []
  do all.push(read())
  while (reader.left)
  return all
}

function readFilterText(reader: Reader): string {
  if (!reader.left) throw malformed('Packet holds no filter', PROTOCOL_ERROR)
  return reader.text()
}

function readFilter(reader: Reader, isV5: boolean): FilterRequest {
  const filter = readFilterText(reader)
  const options = reader.byte()
  const qos = (options & 3) as Qos
  const retainHandling = (options >> 4) as 0 | 1 | 2
  if ((qos as number) === 3 || (isV5 ? retainHandling > 2 : options > 2))
    throw malformed('Options of a subscription are reserved')
  if (!isV5) return { filter, qos }
  const noLocal = (options & 4) !== 0
  if (noLocal && isShared(filter)) throw malformed('A shared subscription is never local', PROTOCOL_ERROR)
  return { filter, qos, noLocal, retainAsPublished: (options & 8) !== 0, retainHandling }
}
