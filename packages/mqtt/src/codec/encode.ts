import { malformed, TOO_LARGE } from './malformed.ts'
import { type Connect, type Level, type Packet, type Publish, packetTypes } from './packets.ts'
import { type Properties, writeProperties } from './properties.ts'
import { Counter, type Sink, utf8Size, varintSize, type Writer } from './writer.ts'

const LARGEST_BYTES = 268_435_455

/** How many bytes follow the fixed header. Refuses what cannot be written. */
export function bodySize(packet: Packet, level: Level): number {
  let size: number
  if (packet.type === 'publish' && (level < 5 || !packet.properties))
    size = 2 + utf8Size(packet.topic) + (packet.qos && 2) + (level === 5 ? 1 : 0) + packet.payload.length
  else {
    const counter = new Counter()
    writeBody(counter, packet, level)
    size = counter.size
  }
  if (size > LARGEST_BYTES) throw malformed(`Packet of ${size} bytes is too large`, TOO_LARGE)
  return size
}

export const packetSize = (body: number): number => 1 + varintSize(body) + body

/** Writes a packet whose size has been found before; the writer has room for it. */
export function writePacket(writer: Writer, packet: Packet, level: Level, body: number): void {
  writer.byte((packetTypes.indexOf(packet.type) << 4) | flagsOf(packet))
  writer.varint(body)
  writeBody(writer, packet, level)
}

function flagsOf(packet: Packet): number {
  const { type } = packet
  if (type === 'publish') return (packet.dup ? 8 : 0) | (packet.qos << 1) | (packet.retain ? 1 : 0)
  return type === 'pubrel' || type === 'subscribe' || type === 'unsubscribe' ? 2 : 0
}

function writeBody(sink: Sink, packet: Packet, level: Level): void {
  const { type } = packet
  const properties = (of: Properties | undefined): void => {
    if (level === 5) writeProperties(sink, packetTypes.indexOf(type), of)
  }
  switch (type) {
    case 'publish':
      return writePublish(sink, packet, level)
    case 'connect':
      return writeConnect(sink, packet)
    case 'connack':
      sink.byte(packet.sessionPresent ? 1 : 0)
      sink.byte(packet.code)
      if (packet.level === 5) writeProperties(sink, 2, packet.properties)
      return
    case 'subscribe':
      sink.uint16(packet.id)
      properties(packet.properties)
      for (const { filter, qos, noLocal, retainAsPublished, retainHandling = 0 } of packet.filters) {
        sink.text(filter)
        const more = (noLocal ? 4 : 0) | (retainAsPublished ? 8 : 0) | (retainHandling << 4)
        sink.byte(level === 5 ? qos | more : qos)
      }
      return
    case 'unsubscribe':
      sink.uint16(packet.id)
      properties(packet.properties)
      for (const filter of packet.filters) sink.text(filter)
      return
    case 'suback':
    case 'unsuback':
      sink.uint16(packet.id)
      properties(packet.properties)
      if (level === 5 || type === 'suback') sink.raw(Uint8Array.from(packet.codes))
      return
    case 'pingreq':
    case 'pingresp':
      return
    case 'disconnect':
    case 'auth':
      return writeCode(sink, packet.code, level, packet.properties && (() => properties(packet.properties)))
    default:
      sink.uint16(packet.id)
      writeCode(sink, packet.code, level, packet.properties && (() => properties(packet.properties)))
  }
}

/** A code of 0 is left out where nothing follows it. */
function writeCode(sink: Sink, code: number, level: Level, rest: (() => void) | undefined): void {
  if (level < 5 || !(code || rest)) return
  sink.byte(code)
  rest?.()
}

function writePublish(sink: Sink, packet: Publish, level: Level): void {
  sink.text(packet.topic)
  if (packet.qos) sink.uint16(packet.id)
  if (level === 5) writeProperties(sink, 3, packet.properties)
  sink.raw(packet.payload)
}

function writeConnect(sink: Sink, packet: Connect): void {
  const { level, will, username, password } = packet
  sink.text(level === 3 ? 'MQIsdp' : 'MQTT')
  sink.byte(level)
  const willFlags = will ? 4 | (will.qos << 3) | (will.retain ? 32 : 0) : 0
  const secrets = (username === undefined ? 0 : 128) | (password === undefined ? 0 : 64)
  sink.byte((packet.clean ? 2 : 0) | willFlags | secrets)
  sink.uint16(packet.keepAlive)
  if (level === 5) writeProperties(sink, 1, packet.properties)
  sink.text(packet.clientId)
  if (will) {
    if (level === 5) writeProperties(sink, 0, will.properties)
    sink.text(will.topic)
    sink.binary(will.payload)
  }
  if (username !== undefined) sink.text(username)
  if (password !== undefined) sink.binary(password)
}
