import { malformed, PROTOCOL_ERROR, TOPIC_INVALID, UNSUPPORTED_VERSION } from './malformed.ts'
import type { Connect, FilterRequest, Level, Publish, Qos, Subscribe, Unsubscribe, Will } from './packets.ts'
import { readProperties } from './properties.ts'
import {
  checkResponseTopic,
  hasWildcard,
  type Readers,
  readAck,
  readEnding,
  readHead,
  readPublish,
} from './read-packet.ts'
import type { Reader } from './reader.ts'
import { isOfServers } from './reason-lists.ts'
import { isShared } from './topics.ts'

function readConnect(reader: Reader): Connect {
  const name = reader.text()
  const level = reader.byte() as Level
  if (name === 'MQIsdp' ? level !== 3 : name !== 'MQTT' || (level !== 4 && level !== 5))
    throw malformed('version', UNSUPPORTED_VERSION, level)
  const flags = reader.byte()
  const keepAlive = reader.uint16()
  const hasWill = (flags & 4) !== 0
  const qos = ((flags >> 3) & 3) as Qos
  if (flags & 1 || (qos as number) === 3 || (!hasWill && flags & 56)) throw malformed('flags', undefined, 1)
  if (level < 5 && (flags & 192) === 64) throw malformed('password')
  const properties = level === 5 ? readProperties(reader, 1) : undefined
  if (properties?.authenticationData && properties.authenticationMethod === undefined)
    throw malformed('method', PROTOCOL_ERROR)
  const clientId = reader.text()
  const will = hasWill ? readWill(reader, qos, (flags & 32) !== 0, level) : undefined
  const username = flags & 128 ? reader.text() : undefined
  const password = flags & 64 ? reader.binary() : undefined
  const clean = (flags & 2) !== 0
  return { type: 'connect', level, clientId, clean, keepAlive, username, password, will, properties }
}

function readWill(reader: Reader, qos: Qos, retain: boolean, level: Level): Will {
  const properties = level === 5 ? readProperties(reader, 0) : undefined
  checkResponseTopic(properties?.responseTopic)
  const topic = reader.text()
  if (!topic || hasWildcard(topic)) throw malformed('topic', TOPIC_INVALID)
  return { topic, payload: reader.binary(), qos, retain, properties }
}

function readClientPublish(...read: Parameters<typeof readPublish>): Publish {
  const packet = readPublish(...read)
  if (packet.properties?.subscriptionIdentifiers)
    throw malformed('property', PROTOCOL_ERROR, 'subscriptionIdentifiers')
  return packet
}

function readSubscribe(reader: Reader, number: number, _flags: number, isV5: boolean): Subscribe {
  return {
    type: 'subscribe',
    ...readHead(reader, number, isV5),
    filters: readAll(reader, () => readFilter(reader, isV5)),
  }
}

function readUnsubscribe(reader: Reader, number: number, _flags: number, isV5: boolean): Unsubscribe {
  return {
    type: 'unsubscribe',
    ...readHead(reader, number, isV5),
    filters: readAll(reader, () => reader.text()),
  }
}

function readAll<T>(reader: Reader, read: () => T): T[] {
  const all: T[] = []
  if (!reader.left) throw malformed('empty', PROTOCOL_ERROR)
  while (reader.left) all.push(read())
  return all
}

function readFilter(reader: Reader, isV5: boolean): FilterRequest {
  const filter = reader.text()
  const options = reader.byte()
  const qos = (options & 3) as Qos
  const retainHandling = (options >> 4) as 0 | 1 | 2
  if ((qos as number) === 3 || (isV5 ? retainHandling > 2 : options > 2))
    throw malformed('flags', undefined, 8)
  if (!isV5) return { filter, qos }
  const noLocal = (options & 4) !== 0
  if (noLocal && isShared(filter)) throw malformed('local', PROTOCOL_ERROR)
  return { filter, qos, noLocal, retainAsPublished: (options & 8) !== 0, retainHandling }
}

/** What a server may get. */
export const fromClient: Readers = {
  1: readConnect,
  3: readClientPublish,
  4: readAck,
  5: readAck,
  6: readAck,
  7: readAck,
  8: readSubscribe,
  10: readUnsubscribe,
  12: () => ({ type: 'pingreq' }),
  14: (reader, number, _flags, isV5) => readEnding(reader, number, isV5, isOfServers),
  15: (reader, number, _flags, isV5) => readEnding(reader, number, isV5, (code) => code === 0),
}
