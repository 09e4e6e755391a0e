import type { Connect, Level, Packet } from './packets.ts'
import { writeProperties } from './properties.ts'
import { writeCode, writePublish } from './write-packet.ts'
import type { Sink } from './writer.ts'

/** Writes what clients send. */
export function writeToServer(sink: Sink, packet: Packet, level: Level): void {
  switch (packet.type) {
    case 'publish':
      return writePublish(sink, packet, level)
    case 'connect':
      return writeConnect(sink, packet)
    case 'subscribe':
      sink.uint16(packet.id)
      if (level === 5) writeProperties(sink, 8, packet.properties)
      for (const { filter, qos, noLocal, retainAsPublished, retainHandling = 0 } of packet.filters) {
        const more = (noLocal ? 4 : 0) | (retainAsPublished ? 8 : 0) | (retainHandling << 4)
        sink.text(filter)
        sink.byte(level === 5 ? qos | more : qos)
      }
      return
    case 'unsubscribe':
      sink.uint16(packet.id)
      if (level === 5) writeProperties(sink, 10, packet.properties)
      for (const filter of packet.filters) sink.text(filter)
      return
    default:
      if ('code' in packet) writeCode(sink, packet as Parameters<typeof writeCode>[1], level)
  }
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
