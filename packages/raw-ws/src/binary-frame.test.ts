import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBinaryFrame, toBinaryFrame } from './binary-frame.ts'

describe('toBinaryFrame', () => {
  it('writes the length of the header in two bytes, the header in UTF-8, and the payload', () => {
    expect(toBinaryFrame('ä{}', Uint8Array.of(1, 2))).toEqual(
      Uint8Array.of(0, 4, 0xc3, 0xa4, 0x7b, 0x7d, 1, 2),
    )
  })

  it('takes a header of 65,535 bytes and no more', () => {
    expect(toBinaryFrame('x'.repeat(65_535), new Uint8Array()).subarray(0, 2)).toEqual(
      Uint8Array.of(255, 255),
    )
    expect(() => toBinaryFrame('x'.repeat(65_536), new Uint8Array())).toThrow(RangeError)
  })
})

describe('parseBinaryFrame', () => {
  it('gives back what was put in, also from the middle of a buffer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array(), fc.nat(9), (header, payload, before) => {
        const frame = toBinaryFrame(header, payload)
        const buffer = new Uint8Array(before + frame.length + 3)
        buffer.set(frame, before)
        const view = buffer.subarray(before, before + frame.length)
        expect(parseBinaryFrame(view)).toEqual({ header, payload })
      }),
    )
  })

  it('refuses a frame that ends inside its header, at every point', () => {
    const frame = toBinaryFrame('{"t":"msg"}', new Uint8Array())
    for (let length = 0; length < frame.length; length++)
      expect(parseBinaryFrame(frame.subarray(0, length))).toBeUndefined()
  })

  it.each([
    [Uint8Array.of(0, 1, 0x80)],
    [Uint8Array.of(0, 2, 0xc0, 0xaf)],
    [Uint8Array.of(0, 3, 0xed, 0xa0, 0x80)],
  ])('refuses a header that is no UTF-8: %j', (frame) => {
    expect(parseBinaryFrame(frame)).toBeUndefined()
  })
})
