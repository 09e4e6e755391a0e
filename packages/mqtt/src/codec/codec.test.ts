import { RealtimeError } from '@org/realtime-core/kit'
import { describe, expect, it } from 'vitest'
import { createDecoder, decode, encode, type Packet } from '../codec.ts'
import { fromHex, malformedVectors, toHex, type Vector, vectors } from './vectors-test-setup.ts'

/** Bytes are views of a chunk, so they are copied before the next one comes. */
const kept = (packet: Packet): Packet => structuredClone(packet)

function read({ level, role }: Pick<Vector, 'level' | 'role'>, ...chunks: Uint8Array[]): Packet[] {
  const packets: Packet[] = []
  const decoder = createDecoder({ level, role, packet: (packet) => packets.push(kept(packet)) })
  for (const chunk of chunks) {
    const passing = chunk.slice()
    decoder.push(passing)
    passing.fill(0xee)
  }
  return packets
}

describe('decode', () => {
  it.each(vectors)('reads $name', ({ hex, level, role, packet }) => {
    expect(decode(fromHex(hex), { level, role })).toEqual(packet)
  })

  it.each(vectors)('[MQTT-6.0.0-2] reads $name, cut at every point', (vector) => {
    const bytes = fromHex(vector.hex)
    const after = fromHex('40 02 0003')
    const both = Uint8Array.of(...bytes, ...after)
    const ack = { type: 'puback', id: 3, code: 0, properties: undefined }
    for (let at = 0; at <= both.length; at++)
      expect(read(vector, both.subarray(0, at), both.subarray(at))).toEqual([vector.packet, ack])
    expect(read(vector, ...Array.from(both, (byte) => Uint8Array.of(byte)))).toEqual([vector.packet, ack])
  })

  it.each(vectors)('waits for the rest of $name', (vector) => {
    const bytes = fromHex(vector.hex)
    for (let at = 0; at < bytes.length; at++) expect(read(vector, bytes.subarray(0, at))).toEqual([])
  })

  it.each(malformedVectors)('refuses $name', ({ hex, level, role, code }) => {
    const bytes = fromHex(hex)
    const failure = (chunks: Uint8Array[]): unknown => {
      try {
        read({ level, role }, ...chunks)
      } catch (error) {
        return error
      }
      return undefined
    }
    for (const chunks of [[bytes], Array.from(bytes, (byte) => Uint8Array.of(byte))]) {
      const error = failure(chunks)
      expect(error).toMatchObject({ code: 'protocol.violation', details: { code } })
      expect(RealtimeError.is(error)).toBe(true)
    }
  })

  it('accepts what MQTT 3.1 repeats', () => {
    const bytes = fromHex('8a 06 0001 0001 61 00')
    expect(decode(bytes, { level: 3, role: 'server' })).toMatchObject({ type: 'subscribe', id: 1 })
  })

  it('learns from CONNECT what a client speaks', () => {
    const types = read(
      { level: 4, role: 'server' },
      fromHex('10 0e 0004 4d515454 05 02 0000 00 0001 61 e0 02 04 00'),
    )
    expect(types).toMatchObject([{ level: 5 }, { type: 'disconnect', code: 4 }])
  })

  it('lets a password come without a user name at level 5', () => {
    const bytes = fromHex('10 11 0004 4d515454 05 42 0000 00 0001 61 0001 62')
    expect(decode(bytes, { role: 'server' })).toMatchObject({
      password: Uint8Array.of(0x62),
      username: undefined,
    })
  })

  it('gives payloads as views of the chunk', () => {
    const bytes = fromHex('30 04 0001 61 2a')
    const packet = decode(bytes, { level: 4, role: 'client' })
    if (packet.type !== 'publish') throw new Error('No publish')
    expect(packet.payload.buffer).toBe(bytes.buffer)
  })

  it('[MQTT-3.1.2-24] refuses a packet over its limit before it has come, and reads nothing after it', () => {
    const packets: Packet[] = []
    const decoder = createDecoder({
      role: 'client',
      maximumPacketSize: 100,
      packet: (packet) => packets.push(packet),
    })
    expect(() => decoder.push(fromHex('d0 00 30 63'))).toThrow('[protocol.violation]')
    decoder.push(fromHex('d0 00'))
    expect(packets).toEqual([{ type: 'pingresp' }])
  })

  it('allocates with what has come, not with what is announced', () => {
    const before = process.memoryUsage().arrayBuffers
    const decoders = Array.from({ length: 20 }, () => createDecoder({ role: 'client', packet: () => {} }))
    for (const decoder of decoders) {
      decoder.push(fromHex('30 ff ff ff 7f'))
      decoder.push(fromHex('0001 61'))
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
  })

  it('is done with a chunk when it is stopped in the middle of it', () => {
    const packets: Packet[] = []
    const decoder = createDecoder({
      role: 'client',
      packet(packet) {
        packets.push(packet)
        decoder.stop()
      },
    })
    decoder.push(fromHex('d0 00 d0 00'))
    decoder.push(fromHex('d0 00'))
    expect(packets).toHaveLength(1)
  })
})

describe('encode', () => {
  it.each(vectors)('writes $name', ({ hex, level, packet }) => {
    expect(toHex(encode(packet, level))).toBe(hex.replaceAll(' ', ''))
  })

  it.each(vectors)('writes $name so that it reads the same', ({ level, role, packet }) => {
    expect(decode(encode(packet, level), { level, role })).toEqual(packet)
  })

  const publish = {
    type: 'publish',
    payload: new Uint8Array(0),
    qos: 0,
    retain: false,
    dup: false,
    id: 0,
  } as const

  it.each([
    ['[MQTT-1.5.4-2] U+0000', 'a\0'],
    ['[MQTT-1.5.4-1] half a character', 'a\ud800'],
    ['[MQTT-1.5.4-1] half a character in front', '\udc00a'],
    ['[MQTT-1.5.4-1] two first halves', '\ud83d\ud83d'],
    ['more than 65,535 bytes', 'ä'.repeat(32_768)],
  ])('refuses text with %s', (_what, topic) => {
    expect(() => encode({ ...publish, topic }, 4)).toThrow('[protocol.violation]')
  })

  it('writes text of 65,535 bytes', () => {
    const topic = `${'ä'.repeat(32_767)}a`
    expect(decode(encode({ ...publish, topic }, 4), { role: 'client' })).toMatchObject({ topic })
  })

  it('refuses a property that does not belong to the packet', () => {
    const properties = { receiveMaximum: 1 }
    expect(() => encode({ ...publish, topic: 'a', properties }, 5)).toThrow('does not belong')
  })

  it.each([127, 128, 16_383, 16_384, 2_097_151, 2_097_152])('writes a body of %i bytes', (size) => {
    const packet = { ...publish, topic: 'a', payload: new Uint8Array(size - 3) }
    const bytes = encode(packet, 4)
    const found = decode(bytes, { role: 'client' })
    expect(found).toMatchObject({ type: 'publish', topic: 'a' })
    expect(found.type === 'publish' && found.payload.length).toBe(size - 3)
  })
})
