import { malformed, TOO_LARGE } from './malformed.ts'

/** Where the fields of a packet go: first to be counted, then to be written. */
export interface Sink {
  byte(value: number): void
  uint16(value: number): void
  uint32(value: number): void
  varint(value: number): void
  text(text: string): void
  binary(bytes: Uint8Array): void
  raw(bytes: Uint8Array): void
  /** What is written now, with its size in front. */
  sized(write: () => void): void
}

const LONGEST = 65_535
const encoder = new TextEncoder()

/** Counts bytes, and refuses what cannot be written. */
export class Counter implements Sink {
  size = 0

  byte(_value: number): void {
    this.size++
  }

  uint16(_value: number): void {
    this.size += 2
  }

  uint32(value: number): void {
    if (value >>> 0 !== value) throw malformed('value')
    this.size += 4
  }

  varint(value: number): void {
    this.size += varintSize(value)
  }

  text(text: string): void {
    this.size += 2 + utf8Size(text)
  }

  binary(bytes: Uint8Array): void {
    if (!ArrayBuffer.isView(bytes) || bytes.length > LONGEST) throw malformed('large', TOO_LARGE)
    this.size += 2 + bytes.length
  }

  raw(bytes: Uint8Array): void {
    this.size += bytes.length
  }

  sized(write: () => void): void {
    const before = this.size
    write()
    this.size += varintSize(this.size - before)
  }
}

/** Writes into bytes that have room: a counter has gone before it. */
export class Writer implements Sink {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0

  byte(value: number): void {
    this.bytes[this.at++] = value
  }

  uint16(value: number): void {
    this.byte(value >> 8)
    this.byte(value)
  }

  uint32(value: number): void {
    this.uint16(value >>> 16)
    this.uint16(value)
  }

  varint(value: number): void {
    for (; value > 127; value >>>= 7) this.byte((value & 127) | 128)
    this.byte(value)
  }

  text(text: string): void {
    const { bytes } = this
    const start = this.at + 2
    const { length } = text
    let size = 0
    for (; size < length; size++) {
      const code = text.charCodeAt(size)
      if (code > 127) break
      bytes[start + size] = code
    }
    if (size < length) size += encoder.encodeInto(text.slice(size), bytes.subarray(start + size)).written
    this.uint16(size)
    this.at += size
  }

  binary(bytes: Uint8Array): void {
    this.uint16(bytes.length)
    this.raw(bytes)
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at)
    this.at += bytes.length
  }

  sized(write: () => void): void {
    const start = this.at++
    write()
    const end = this.at
    const size = end - start - 1
    const more = varintSize(size) - 1
    // The size mostly fits the byte that was left for it.
    if (more) this.bytes.copyWithin(start + 1 + more, start + 1, end)
    this.at = start
    this.varint(size)
    this.at = end + more
  }
}

export const varintSize = (value: number): number =>
  value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4

/** Bytes as UTF-8. Refuses U+0000 and lone surrogates, which no peer accepts [MQTT-1.5.4-1, -2]. */
export function utf8Size(text: string): number {
  const { length } = text
  let size = length
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    if ((code - 1) >>> 0 < 127) continue
    if (!code) throw malformed('text')
    if (code < 0x800) size++
    else size += 2
    if (code >> 11 !== 27) continue
    // A pair is 4 bytes: 1 for each half is counted, 2 were added now.
    if (code > 0xdbff || text.charCodeAt(++at) >> 10 !== 55) throw malformed('text')
  }
  // What is no text has no length.
  if (!(size <= LONGEST)) throw malformed('large', TOO_LARGE, size)
  return size
}
