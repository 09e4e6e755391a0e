import { malformed, TOO_LARGE } from './malformed.ts'
import {
  type Ack,
  type Auth,
  type Disconnect,
  type Level,
  type Packet,
  type Publish,
  packetTypes,
} from './packets.ts'
import { writeProperties } from './properties.ts'
import { Counter, type Sink, utf8Size, varintSize, type Writer } from './writer.ts'

/** Writes what follows the fixed header: first into a counter, then into bytes. */
export type WriteBody = (sink: Sink, packet: Packet, level: Level) => void

const LARGEST_BYTES = 268_435_455

/** How many bytes follow the fixed header. Refuses what cannot be written. */
export function bodySize(write: WriteBody, packet: Packet, level: Level): number {
  let size: number
  if (packet.type === 'publish' && (level < 5 || !packet.properties))
    size = 2 + utf8Size(packet.topic) + (packet.qos && 2) + (level === 5 ? 1 : 0) + packet.payload.length
  else {
    const counter = new Counter()
    write(counter, packet, level)
    size = counter.size
  }
  if (!(size <= LARGEST_BYTES)) throw malformed('large', TOO_LARGE, size)
  return size
}

export const packetSize = (body: number): number => 1 + varintSize(body) + body

/** Writes a packet whose size has been found before; the writer has room for it. */
export function writePacket(
  write: WriteBody,
  writer: Writer,
  packet: Packet,
  level: Level,
  body: number,
): void {
  writer.byte((packetTypes.indexOf(packet.type) << 4) | flagsOf(packet))
  writer.varint(body)
  write(writer, packet, level)
}

function flagsOf(packet: Packet): number {
  const { type } = packet
  if (type === 'publish') return (packet.dup ? 8 : 0) | (packet.qos << 1) | (packet.retain ? 1 : 0)
  return type === 'pubrel' || type === 'subscribe' || type === 'unsubscribe' ? 2 : 0
}

export function writePublish(sink: Sink, packet: Publish, level: Level): void {
  sink.text(packet.topic)
  if (packet.qos) sink.uint16(packet.id)
  if (level === 5) writeProperties(sink, 3, packet.properties)
  sink.raw(packet.payload)
}

/** A code of 0 is left out where nothing follows it. */
export function writeCode(sink: Sink, packet: Ack | Disconnect | Auth, level: Level): void {
  const { type, code, properties } = packet
  if ('id' in packet) sink.uint16(packet.id)
  if (level < 5 || !(code || properties)) return
  sink.byte(code)
  if (properties) writeProperties(sink, packetTypes.indexOf(type), properties)
}
