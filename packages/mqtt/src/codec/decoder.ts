import { createFramer, type Framer } from './framer.ts'
import { fromClient } from './from-client.ts'
import { fromServer } from './from-server.ts'
import { malformed, PROTOCOL_ERROR } from './malformed.ts'
import { createPacketReader, LARGEST_BYTES } from './packet-reader.ts'
import type { Level, Packet } from './packets.ts'

/** Who reads: each may get only what the other may send. */
export type Role = 'client' | 'server'

export interface DecoderOptions {
  /** Who reads. */
  readonly role: Role
  /** What is spoken. A server learns it from CONNECT. @default 4 */
  readonly level?: Level
  /** Longer packets are refused before they are read. @default 268435460, the most there can be */
  readonly maximumPacketSize?: number
  /** Gets every packet. Its bytes are views of the chunk they came in. */
  readonly packet: (packet: Packet) => void
}

export type Decoder = Framer

/**
 * Reads packets from a stream of bytes in any chunks. What breaks the protocol makes `push` throw a RealtimeError
 * `protocol.violation` whose `details.code` is the reason code to close with; nothing is read after that.
 */
export function createDecoder(options: DecoderOptions): Decoder {
  const { role, packet, level = 4, maximumPacketSize = LARGEST_BYTES } = options
  const readers = role === 'client' ? fromServer : fromClient
  const read = createPacketReader(readers, level, packet)
  return createFramer(maximumPacketSize, read)
}

/** Decodes one whole packet. */
export function decode(bytes: Uint8Array, options: Omit<DecoderOptions, 'packet'>): Packet {
  const packets: Packet[] = []
  createDecoder({ ...options, packet: (packet) => packets.push(packet) }).push(bytes)
  if (packets.length !== 1) throw malformed('count', PROTOCOL_ERROR, packets.length)
  return packets[0] as Packet
}
