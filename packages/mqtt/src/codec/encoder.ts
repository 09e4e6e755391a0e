import { type Batch, createBatchOf } from './batch.ts'
import type { Level, Packet } from './packets.ts'
import { writeToAny } from './to-any.ts'
import { bodySize, packetSize, writePacket } from './write-packet.ts'
import { Writer } from './writer.ts'

/**
 * One write per microtask, and none over 64 KiB: a longer packet goes in pieces. The bytes come from a pool that is
 * never written again where it was handed over, so that a socket may keep them as long as it likes.
 */
export function createBatch(send: (bytes: Uint8Array) => void): Batch {
  return createBatchOf(writeToAny, send)
}

/** Encodes one packet into bytes of its own. */
export function encode(packet: Packet, level: Level): Uint8Array {
  const body = bodySize(writeToAny, packet, level)
  const writer = new Writer()
  writer.bytes = new Uint8Array(packetSize(body))
  writePacket(writeToAny, writer, packet, level, body)
  return writer.bytes
}

/** How many bytes a packet is. Throws `protocol.violation` for one that cannot be written. */
export function sizeOf(packet: Packet, level: Level): number {
  return packetSize(bodySize(writeToAny, packet, level))
}
