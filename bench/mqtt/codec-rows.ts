import { createBatch, createDecoder, encode, type Level, type Publish } from '@org/realtime-mqtt/codec'
import mqttPacket, { type Packet as Foreign } from 'mqtt-packet'
import type { Work } from '../side-by-side.ts'

export interface Row {
  readonly name: string
  readonly budget?: number
  readonly ours: () => Work
  readonly theirs: () => Work
}

const CHUNK = 500

/** Read at the end, so that no call can be left out. */
export const sum = { value: 0 }

const topics = Array.from({ length: 16 }, (_, index) => `sensors/hall-${index}/temperature`)
const properties = {
  messageExpiryInterval: 60,
  contentType: 'application/json',
  responseTopic: 'answers/one',
  correlationData: new Uint8Array(8),
  userProperties: [['origin', 'bench']],
} as const

const publishes = (level: Level, payloadBytes: number): Publish[] =>
  topics.map((topic, index) => ({
    type: 'publish',
    topic,
    payload: new Uint8Array(payloadBytes).fill(index),
    qos: level === 5 ? 1 : 0,
    retain: false,
    dup: false,
    id: level === 5 ? index + 1 : 0,
    properties: level === 5 ? properties : undefined,
  }))

const toForeign = ({ topic, payload, qos, id, properties: own }: Publish): Foreign => ({
  cmd: 'publish',
  topic,
  payload: Buffer.from(payload),
  qos,
  retain: false,
  dup: false,
  ...(qos && { messageId: id }),
  ...(own && {
    properties: { ...properties, correlationData: Buffer.alloc(8), userProperties: { origin: 'bench' } },
  }),
})

function encodeOurs(level: Level, payloadBytes: number): Work {
  const packets = publishes(level, payloadBytes)
  const batch = createBatch((bytes) => {
    sum.value += bytes.length
  })
  return (count) => {
    for (let index = 0; index < count; index++) batch.add(packets[index & 15] as Publish, level)
  }
}

/** Bytes of one packet in one piece, as ours are. */
function encodeTheirs(level: Level, payloadBytes: number): Work {
  const packets = publishes(level, payloadBytes).map(toForeign)
  return (count) => {
    for (let index = 0; index < count; index++)
      sum.value += mqttPacket.generate(packets[index & 15] as Foreign, { protocolVersion: level }).length
  }
}

/** A packet in pieces that somebody else has to join, or to write one by one. */
function streamTheirs(level: Level, payloadBytes: number): Work {
  const packets = publishes(level, payloadBytes).map(toForeign)
  const sink = {
    write(bytes: Buffer) {
      sum.value += bytes.length
      return true
    },
    cork() {},
    uncork() {},
  } as unknown as NodeJS.WritableStream
  return (count) => {
    for (let index = 0; index < count; index++)
      mqttPacket.writeToStream(packets[index & 15] as Foreign, sink, { protocolVersion: level })
  }
}

function chunkOf(level: Level, payloadBytes: number, length: number): Uint8Array[] {
  const packets = publishes(level, payloadBytes).map((packet) => encode(packet, level))
  return Array.from({ length: 16 }, (_, first) =>
    Uint8Array.from(
      Array.from({ length }, (_, index) => [...(packets[(first + index) & 15] as Uint8Array)]).flat(),
    ),
  )
}

function decodeOurs(level: Level, payloadBytes: number, perChunk: number): Work {
  const chunks = chunkOf(level, payloadBytes, perChunk)
  const decoder = createDecoder({
    role: 'client',
    level,
    packet(packet) {
      sum.value += (packet as Publish).payload.length
    },
  })
  return (count) => {
    for (let index = 0; index < count; index += perChunk) decoder.push(chunks[index & 15] as Uint8Array)
  }
}

function decodeTheirs(level: Level, payloadBytes: number, perChunk: number): Work {
  const chunks = chunkOf(level, payloadBytes, perChunk).map((chunk) => Buffer.from(chunk))
  const parser = mqttPacket.parser({ protocolVersion: level })
  parser.on('packet', (packet) => {
    sum.value += (packet as { payload: Buffer }).payload.length
  })
  return (count) => {
    for (let index = 0; index < count; index += perChunk) parser.parse(chunks[index & 15] as Buffer)
  }
}

const sizes = [100, 1000]
const levels: readonly (readonly [Level, string])[] = [
  [4, '3.1.1 QoS 0'],
  [5, '5 QoS 1, 5 properties'],
]

export const rows: readonly Row[] = levels.flatMap(([level, name]) =>
  sizes.flatMap((bytes) => [
    {
      name: `encode ${name}, ${bytes} B`,
      budget: 2.5,
      ours: () => encodeOurs(level, bytes),
      theirs: () => encodeTheirs(level, bytes),
    },
    {
      name: `encode ${name}, ${bytes} B, theirs in pieces that nobody joins`,
      ours: () => encodeOurs(level, bytes),
      theirs: () => streamTheirs(level, bytes),
    },
    ...[1, CHUNK].map((perChunk) => ({
      name: `decode ${name}, ${bytes} B, ${perChunk} per chunk`,
      budget: 2.5,
      ours: () => decodeOurs(level, bytes, perChunk),
      theirs: () => decodeTheirs(level, bytes, perChunk),
    })),
  ]),
)
