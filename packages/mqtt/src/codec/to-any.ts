import type { Level, Packet } from './packets.ts'
import { writeProperties } from './properties.ts'
import { writeToServer } from './to-server.ts'
import type { Sink } from './writer.ts'

/** Writes what clients send, and what servers send. */
export function writeToAny(sink: Sink, packet: Packet, level: Level): void {
  switch (packet.type) {
    case 'connack':
      sink.byte(packet.sessionPresent ? 1 : 0)
      sink.byte(packet.code)
      if (packet.level === 5) writeProperties(sink, 2, packet.properties)
      return
    case 'suback':
    case 'unsuback':
      sink.uint16(packet.id)
      if (level === 5) writeProperties(sink, packet.type === 'suback' ? 9 : 11, packet.properties)
      if (level === 5 || packet.type === 'suback') sink.raw(Uint8Array.from(packet.codes))
      return
    default:
      writeToServer(sink, packet, level)
  }
}
