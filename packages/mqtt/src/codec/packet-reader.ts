import type { ReadFrame } from './framer.ts'
import { malformed, PROTOCOL_ERROR } from './malformed.ts'
import type { Level, Packet } from './packets.ts'
import type { Readers } from './read-packet.ts'
import { Reader } from './reader.ts'

export const LARGEST_BYTES = 268_435_460

/** Bits of the types whose flags are 0010; those of the others are 0 [MQTT-2.1.3-1]. */
const FLAGGED = (1 << 6) | (1 << 8) | (1 << 10)
const DUP = 8

/** Turns the bytes of one packet into it. */
export function createPacketReader(readers: Readers, level: Level, use: (packet: Packet) => void): ReadFrame {
  const reader = new Reader()
  let speaks = level
  return (bytes, start, body, end) => {
    reader.bytes = bytes
    reader.at = body
    reader.end = end
    const header = bytes[start] as number
    const number = header >> 4
    const flags = header & 15
    const reserved = ((FLAGGED >> number) & 1) * 2
    // MQTT 3.1 repeats some packets, and says so.
    const isRepeated = speaks === 3 && reserved && flags === (reserved | DUP)
    const read = readers[number]
    if (!read) throw malformed('way', PROTOCOL_ERROR, number)
    if (number !== 3 && flags !== reserved && !isRepeated) throw malformed('flags', undefined, number)
    const packet = read(reader, number, flags, speaks === 5)
    if (reader.left) throw malformed('long', undefined, number)
    if (packet.type === 'connect') speaks = packet.level
    use(packet)
  }
}
