import { malformed, PROTOCOL_ERROR, TOPIC_INVALID } from './malformed.ts'
import {
  type Ack,
  type Auth,
  type Disconnect,
  type Packet,
  type Publish,
  packetTypes,
  type Qos,
} from './packets.ts'
import { type Properties, readProperties } from './properties.ts'
import type { Reader } from './reader.ts'
import { checkCode } from './reason-lists.ts'

/** Reads the packet whose fixed header has been read; the reader stands behind it and ends with it. */
export type ReadPacket = (reader: Reader, number: number, flags: number, isV5: boolean) => Packet

/** What one side may get, by the numbers of packet types. */
export type Readers = Readonly<Record<number, ReadPacket | undefined>>

const DUP = 8

export const hasWildcard = (topic: string): boolean => topic.includes('+') || topic.includes('#')

export function checkResponseTopic(topic: string | undefined): void {
  if (topic !== undefined && (!topic || hasWildcard(topic))) throw malformed('response', PROTOCOL_ERROR)
}

export function readPublish(reader: Reader, _number: number, flags: number, isV5: boolean): Publish {
  const qos = ((flags >> 1) & 3) as Qos
  const dup = (flags & DUP) !== 0
  if ((qos as number) === 3 || (dup && !qos)) throw malformed('flags', undefined, 3)
  const topic = reader.text()
  const id = qos ? reader.id() : 0
  const properties = isV5 ? readProperties(reader, 3) : undefined
  if (!topic && properties?.topicAlias === undefined)
    throw malformed('topic', isV5 ? PROTOCOL_ERROR : TOPIC_INVALID)
  if (hasWildcard(topic)) throw malformed('topic', TOPIC_INVALID)
  if (properties) checkResponseTopic(properties.responseTopic)
  return {
    type: 'publish',
    topic,
    payload: reader.rest(),
    qos,
    retain: (flags & 1) === 1,
    dup,
    id,
    properties,
  }
}

/** A code and properties, each only where something is left. */
function readCode(
  reader: Reader,
  number: number,
  isV5: boolean,
): { code: number; properties: Properties | undefined } {
  const code = isV5 && reader.left ? reader.byte() : 0
  checkCode(number, code)
  return { code, properties: isV5 && reader.left ? readProperties(reader, number) : undefined }
}

export function readAck(reader: Reader, number: number, _flags: number, isV5: boolean): Ack {
  return { type: packetTypes[number] as Ack['type'], id: reader.id(), ...readCode(reader, number, isV5) }
}

/** DISCONNECT or AUTH. `wrongWay` are the codes that only the reader may say. */
export function readEnding(
  reader: Reader,
  number: number,
  isV5: boolean,
  wrongWay: (code: number) => boolean,
): Disconnect | Auth {
  const packet = { type: packetTypes[number] as 'auth', ...readCode(reader, number, isV5) }
  if ((number === 15 && !isV5) || wrongWay(packet.code)) throw malformed('code', PROTOCOL_ERROR, packet.code)
  return packet
}

/** What begins with an identifier and properties. */
export function readHead(
  reader: Reader,
  number: number,
  isV5: boolean,
): { id: number; properties: Properties | undefined } {
  return { id: reader.id(), properties: isV5 ? readProperties(reader, number) : undefined }
}
