import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeData, parseFrame } from './frame.ts'
import { createScanner, decodeScanned } from './scan.ts'

const scanned = (text: string, scanner = createScanner()) => {
  if (!scanner.scan(text)) return undefined
  const { event, channel, data } = scanner
  return { event, channel, data: decodeScanned(data) }
}

const parsed = (text: string) => {
  const frame = parseFrame(text)
  return frame && { event: frame.event, channel: frame.channel, data: decodeData(frame.data) }
}

describe('createScanner', () => {
  it.each([
    ['of Pusher and soketi', '{"event":"Said","channel":"room","data":"{\\"text\\":\\"hi\\"}"}'],
    ['of Reverb', '{"event":"Said","data":"{\\"text\\":\\"hi\\"}","channel":"room"}'],
    ['with an object', '{"event":"Said","channel":"room","data":{"text":"hi"}}'],
    ['of Reverb with an object', '{"event":"Said","data":{"text":"hi"},"channel":"room"}'],
  ])('reads a frame %s', (_name, text) => {
    expect(scanned(text)).toEqual({ event: 'Said', channel: 'room', data: { text: 'hi' } })
  })

  it('reads names of PHP classes, and slashes as PHP escapes them', () => {
    const text = '{"event":"App\\\\Events\\\\Shipped","data":"1","channel":"a\\/b"}'
    expect(scanned(text)).toEqual({ event: 'App\\Events\\Shipped', channel: 'a/b', data: 1 })
  })

  it('decodes JSON in a string once, and keeps a string that is none', () => {
    expect(scanned('{"event":"e","channel":"c","data":"\\"1\\""}')?.data).toBe('1')
    expect(scanned('{"event":"e","channel":"c","data":"not JSON"}')?.data).toBe('not JSON')
  })

  it('decodes what other members follow', () => {
    const text = '{"event":"e","channel":"c","data":"1","message_id":"7"}'
    expect(scanned(text)).toEqual({ event: 'e', channel: 'c', data: 1 })
  })

  it.each([
    ['a frame of the protocol', '{"event":"pusher:ping","channel":"c","data":"{}"}'],
    ['an internal frame', '{"event":"pusher_internal:member_added","channel":"c","data":"{}"}'],
    [
      'a client event, whose sender may stand anywhere',
      '{"event":"client-x","channel":"c","data":"1","user_id":"1"}',
    ],
    ['a frame without data', '{"event":"e","channel":"c"}'],
    ['a frame without a channel', '{"event":"e","data":"1"}'],
    ['a channel inside the data', '{"event":"e","data":{"a":1,"channel":"c"}}'],
    ['another order', '{"channel":"c","event":"e","data":"1"}'],
    ['spaces', '{"event": "e","channel":"c","data":"1"}'],
    ['a frame that is cut', '{"event":"e","channel":"c","data":"{\\"n'],
    ['an escape at the end of a name', '{"event":"e\\"","channel":"c","data":"1"}'],
    ['a name that is no JSON', '{"event":"e\\x","channel":"c","data":"1"}'],
    ['nothing', ''],
    ['a zero', '\u0000'],
  ])('leaves %s to the full parse', (_name, text) => {
    expect(createScanner().scan(text)).toBe(false)
  })

  it('throws on decoding data that is no JSON', () => {
    const scanner = createScanner()
    expect(scanner.scan('{"event":"e","channel":"c","data":nonsense}')).toBe(true)
    expect(() => decodeScanned(scanner.data)).toThrow(SyntaxError)
  })

  const name = fc.oneof(
    fc.constantFrom('a', 'b', 'App\\Events\\E', 'presence-x.1', 'client-e', 'pusher:ping', '"', '\\', 'ä'),
    fc.string(),
  )
  const data = fc.oneof(
    fc.json(),
    fc.jsonValue(),
    fc.string(),
    fc.constantFrom(
      undefined,
      ',"channel":"x"}',
      '","channel":"x"}',
      { channel: 'x' },
      { data: { channel: 'y' } },
    ),
  )
  const orders = fc.shuffledSubarray(['event', 'channel', 'data', 'user_id'])
  const frame = fc.record({ event: name, channel: name, data, user_id: name, order: orders }).map((given) => {
    const { order, ...members } = given
    return JSON.stringify(Object.fromEntries(order.map((key) => [key, members[key as 'event']])))
  })

  it('finds what a full parse finds, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 6 }), (texts) => {
        const scanner = createScanner()
        for (const text of [...texts, ...texts]) {
          const found = scanned(text, scanner)
          if (found) expect(found).toEqual(parsed(text))
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('never throws, and decodes nothing that a full parse refuses', () => {
    const cut = fc.tuple(frame, fc.nat(200), fc.string({ maxLength: 3 }), fc.nat(5))
    fc.assert(
      fc.property(cut, ([text, at, insert, drop]) => {
        const broken = text.slice(0, at) + insert + text.slice(at + drop)
        const scanner = createScanner()
        scanner.scan(text)
        if (!scanner.scan(broken)) return
        const { event, channel, data: raw } = scanner
        let value: unknown
        try {
          value = decodeScanned(raw)
        } catch {
          return
        }
        const full = parsed(broken)
        // Of members that stand twice JSON takes the last; the scan has not looked for a second one.
        if (full && !/"(event|channel|data)".*"\1"/.test(broken))
          expect({ event, channel, data: value }).toEqual(full)
      }),
      { numRuns: 2000 },
    )
  })
})
