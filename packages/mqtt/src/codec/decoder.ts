import { decodeBody, type Role } from './decode.ts'
import { createFramer, type Framer } from './framer.ts'
import { malformed } from './malformed.ts'
import type { Level, Packet } from './packets.ts'
import { Reader } from './reader.ts'

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

export interface Decoder extends Framer {
  level: Level
  maximumPacketSize: number
}

const LARGEST_BYTES = 268_435_460

/**
 * Reads packets from a stream of bytes in any chunks. What breaks the protocol makes `push` throw a RealtimeError
 * `protocol.violation` whose `details.code` is the reason code to close with; nothing is read after that.
 */
export function createDecoder(options: DecoderOptions): Decoder {
  const { role, packet } = options
  const reader = new Reader()
  const framer = createFramer(
    () => decoder.maximumPacketSize,
    (bytes, start, body, end) => {
      reader.bytes = bytes
      reader.at = body
      reader.end = end
      const decoded = decodeBody(reader, bytes[start] as number, decoder.level, role)
      if (decoded.type === 'connect') decoder.level = decoded.level
      packet(decoded)
    },
  )
  const decoder: Decoder = {
    ...framer,
    level: options.level ?? 4,
    maximumPacketSize: options.maximumPacketSize ?? LARGEST_BYTES,
  }
  return decoder
}

/** Decodes one whole packet. */
export function decode(bytes: Uint8Array, options: Omit<DecoderOptions, 'packet'>): Packet {
  const packets: Packet[] = []
  createDecoder({ ...options, packet: (packet) => packets.push(packet) }).push(bytes)
  if (packets.length !== 1) throw malformed(`There are ${packets.length} packets instead of one`)
  return packets[0] as Packet
}
