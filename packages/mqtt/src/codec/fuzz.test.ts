import { RealtimeError } from '@org/realtime-core/kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDecoder, encode, type Level, type Packet, type Role } from '../codec.ts'
import { fromHex, malformedVectors, toHex, vectors } from './vectors-test-setup.ts'

const level = fc.constantFrom<Level>(3, 4, 5)
const role = fc.constantFrom<Role>('client', 'server')
const recorded = [...vectors, ...malformedVectors].map(({ hex }) => fromHex(hex))

/** Noise, and packets that are whole, cut, or changed in a byte. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc
    .array(
      fc
        .tuple(fc.constantFrom(...recorded), fc.nat(80), fc.nat(255), fc.boolean())
        .map(([packet, at, byte, isCut]) => {
          const changed = packet.slice(0, isCut ? at : undefined)
          if (at < changed.length) changed[at] = byte
          return changed
        }),
      { maxLength: 4 },
    )
    .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part]))),
)

interface Read {
  readonly packets: readonly Packet[]
  readonly error: unknown
}

function read(chunks: readonly Uint8Array[], level: Level, role: Role): Read {
  const packets: Packet[] = []
  const decoder = createDecoder({
    level,
    role,
    maximumPacketSize: 10_000,
    packet: (packet) => packets.push(structuredClone(packet)),
  })
  try {
    for (const chunk of chunks) decoder.push(chunk)
    return { packets, error: undefined }
  } catch (error) {
    return { packets, error }
  }
}

function cut(all: Uint8Array, points: readonly number[]): Uint8Array[] {
  const sorted = [0, ...points.map((point) => point % (all.length + 1)), all.length].sort((a, b) => a - b)
  return sorted.slice(1).map((end, index) => all.subarray(sorted[index], end))
}

const code = ({ error }: Read): unknown => (error as RealtimeError<'protocol.violation'>)?.details.code

describe('any bytes', () => {
  it('are packets or a typed error, the same in every chunking', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(200), { maxLength: 8 }), level, role, (all, points, level, role) => {
        const whole = read([all], level, role)
        if (whole.error) expect(RealtimeError.is(whole.error, 'protocol.violation')).toBe(true)
        for (const chunks of [cut(all, points), Array.from(all, (byte) => Uint8Array.of(byte))]) {
          const found = read(chunks, level, role)
          expect([found.packets, code(found)]).toEqual([whole.packets, code(whole)])
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('that were read can be written, and read the same again', () => {
    fc.assert(
      fc.property(bytes, level, role, (all, level, role) => {
        let speaks = level
        for (const packet of read([all], level, role).packets) {
          if (packet.type === 'connect') speaks = packet.level
          const again = read([encode(packet, speaks)], speaks, role)
          expect(again).toEqual({ packets: [packet], error: undefined })
        }
      }),
      { numRuns: 2000 },
    )
  })
})

const text = fc.string({ unit: 'binary', maxLength: 20 }).filter((value) => !value.includes('\0'))
const topic = text.filter((value) => value !== '' && !/[+#]/.test(value))
const payload = fc.uint8Array({ maxLength: 300 })
const properties = fc.option(
  fc.record(
    {
      payloadFormatIndicator: fc.boolean(),
      messageExpiryInterval: fc.nat(),
      contentType: text,
      responseTopic: topic,
      correlationData: payload,
      topicAlias: fc.integer({ min: 1, max: 65_535 }),
      userProperties: fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 3 }),
      subscriptionIdentifiers: fc.array(fc.integer({ min: 1, max: 268_435_455 }), {
        minLength: 1,
        maxLength: 3,
      }),
    },
    { requiredKeys: ['contentType'] },
  ),
  { nil: undefined },
)

describe('any publish', () => {
  it('is read as it was written, in every chunking', () => {
    const message = fc.record({
      topic,
      payload,
      qos: fc.constantFrom(0, 1, 2),
      retain: fc.boolean(),
      properties,
      id: fc.integer({ min: 1, max: 65_535 }),
    })
    fc.assert(
      fc.property(message, fc.array(fc.nat(500), { maxLength: 5 }), (given, points) => {
        const { qos } = given
        const packet = { type: 'publish', dup: false, ...given, id: qos && given.id } as Packet
        const written = encode(packet, 5)
        const { packets, error } = read(cut(written, points), 5, 'client')
        expect([packets, error]).toEqual([[packet], undefined])
        expect(toHex(encode(packets[0] as Packet, 5)).length).toBe(written.length * 2)
      }),
      { numRuns: 1000 },
    )
  })
})
