import { malformed, PROTOCOL_ERROR } from './malformed.ts'
import type { Connack, Packet } from './packets.ts'
import { readProperties } from './properties.ts'
import { type Readers, readAck, readEnding, readHead, readPublish } from './read-packet.ts'
import type { Reader } from './reader.ts'
import { checkCode } from './reason-lists.ts'

const OLD = 16

/** SUBACK and UNSUBACK. */
function readCodes(reader: Reader, number: number, _flags: number, isV5: boolean): Packet {
  const head = readHead(reader, number, isV5)
  const isSuback = number === 9
  const codes = isSuback || isV5 ? [...reader.rest()] : []
  if (!codes.length && (isSuback || isV5)) throw malformed('empty', PROTOCOL_ERROR)
  for (const code of codes) checkCode(isV5 ? number : number + OLD, code)
  return { type: isSuback ? 'suback' : 'unsuback', ...head, codes }
}

function readConnack(reader: Reader, number: number, _flags: number, isV5: boolean): Connack {
  const flags = reader.byte()
  const code = reader.byte()
  // A server that knows nothing of level 5 has no properties, not even their length.
  const level = isV5 && reader.left ? 5 : 4
  if (flags > 1 || (flags && code)) throw malformed('flags', PROTOCOL_ERROR, 2)
  checkCode(level === 5 ? number : number + OLD, code)
  const properties = level === 5 ? readProperties(reader, 2) : undefined
  return { type: 'connack', level, sessionPresent: flags === 1, code, properties }
}

/** What a client may get. */
export const fromServer: Readers = {
  2: readConnack,
  3: readPublish,
  4: readAck,
  5: readAck,
  6: readAck,
  7: readAck,
  9: readCodes,
  11: readCodes,
  13: () => ({ type: 'pingresp' }),
  // [MQTT-3.14.2-1, 3.15.2-1]
  14: (reader, number, _flags, isV5) => readEnding(reader, number, isV5, (code) => !isV5 || code === 4),
  15: (reader, number, _flags, isV5) => readEnding(reader, number, isV5, (code) => code === 0x19),
}
