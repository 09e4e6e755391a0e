import { malformed } from './malformed.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Topics come again and again: the last texts are known by their bytes. */
const SLOTS = 256
const LONGEST_KEPT = 128
const kept: { readonly bytes: Uint8Array; readonly text: string }[] = []

/** Reads fields one after the other; nothing beyond the end of the packet. */
export class Reader {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  end = 0

  get left(): number {
    return this.end - this.at
  }

  byte(): number {
    if (this.at >= this.end) throw malformed('early')
    return this.bytes[this.at++] as number
  }

  uint16(): number {
    return (this.byte() << 8) | this.byte()
  }

  uint32(): number {
    return this.uint16() * 65_536 + this.uint16()
  }

  /** Shortest form only [MQTT-1.5.5-1]. */
  varint(): number {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte()
      value |= (byte & 127) << shift
      if (byte < 128) {
        if (!byte && shift) break
        return value
      }
    }
    throw malformed('length')
  }

  flag(): boolean {
    const byte = this.byte()
    if (byte > 1) throw malformed('flag', 0x82)
    return byte === 1
  }

  id(): number {
    const id = this.uint16()
    if (!id) throw malformed('id', 0x82)
    return id
  }

  /** A view of what it reads from. */
  binary(): Uint8Array {
    const length = this.uint16()
    if (length > this.left) throw malformed('early')
    const start = this.at
    this.at += length
    return this.bytes.subarray(start, this.at)
  }

  rest(): Uint8Array {
    const start = this.at
    this.at = this.end
    return this.bytes.subarray(start, this.end)
  }

  text(): string {
    const { bytes } = this
    const length = this.uint16()
    const start = this.at
    if (length > this.left) throw malformed('early')
    this.at += length
    if (length > LONGEST_KEPT) return toText(bytes.subarray(start, this.at))
    let hash = length
    for (let at = start; at < this.at; at++) hash = (hash * 31 + (bytes[at] as number)) | 0
    const slot = hash & (SLOTS - 1)
    const known = kept[slot]
    if (known?.bytes.length === length) {
      let at = 0
      while (at < length && known.bytes[at] === bytes[start + at]) at++
      if (at === length) return known.text
    }
    const own = bytes.slice(start, this.at)
    const text = toText(own)
    kept[slot] = { bytes: own, text }
    return text
  }
}

/** Well-formed, without surrogates and U+0000; a byte order mark is kept [MQTT-1.5.4-1 to -3]. */
function toText(bytes: Uint8Array): string {
  if (bytes.includes(0)) throw malformed('text')
  try {
    return decoder.decode(bytes)
  } catch {
    throw malformed('text')
  }
}
