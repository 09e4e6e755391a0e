import { describe, expect, it } from 'vitest'
import { decodePacket, encodePacket, type Packet } from './binary-packets.ts'

const packets: readonly Packet[] = [
  { type: 'connect', clientId: 'ä', token: '' },
  { type: 'connack', present: true, code: 0 },
  { type: 'publish', id: 300, again: true, topic: 'a/b', payload: Uint8Array.of(0, 255) },
  { type: 'puback', id: 65_535, code: 135 },
  { type: 'subscribe', filters: ['a/+', '#'] },
  { type: 'suback', filter: 'a/+', code: 128 },
  { type: 'unsubscribe', filters: ['a'] },
  { type: 'pingreq' },
  { type: 'pingresp' },
  { type: 'disconnect', code: 142 },
]

describe('binary packets', () => {
  it.each(packets)('decode to what was encoded: $type', (packet) => {
    expect(decodePacket(encodePacket(packet))).toEqual(packet)
  })

  it.each(packets.filter(({ type }) => type !== 'publish'))(
    'are malformed when cut or too long: $type',
    (packet) => {
      const bytes = encodePacket(packet)
      for (let length = 0; length < bytes.length; length++)
        expect(() => decodePacket(bytes.subarray(0, length))).toThrow('[message.malformed]')
      expect(() => decodePacket(Uint8Array.of(...bytes, 0))).toThrow('goes on after its end')
    },
  )

  it('are malformed with an unknown type or broken text', () => {
    expect(() => decodePacket(Uint8Array.of(99))).toThrow('is of no known type')
    expect(() => decodePacket(Uint8Array.of(6, 0, 1, 0xff, 0))).toThrow('not UTF-8')
  })
})
