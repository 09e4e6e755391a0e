import { bodySize, packetSize, writePacket } from './encode.ts'
import type { Level, Packet } from './packets.ts'
import { Writer } from './writer.ts'

/** Collects packets and hands them over as few, large writes. */
export interface Batch {
  /** Adds a packet; throws `protocol.violation` for one that cannot be written. Returns its size. */
  add(packet: Packet, level: Level): number
  /** Hands over what was collected now instead of at the end of the microtask. */
  flush(): void
}

const FIRST_BYTES = 1024
const MOST_BYTES = 65_536

/**
 * One write per microtask, of 64 KiB at most; a longer packet goes alone. The bytes come from a pool that is
 * never written again where it was handed over, so that a socket may keep them as long as it likes.
 */
export function createBatch(send: (bytes: Uint8Array) => void): Batch {
  const writer = new Writer()
  let start = 0
  let isDue = false

  const flush = (): void => {
    const { bytes, at } = writer
    if (at === start) return
    const from = start
    start = at
    send(bytes.subarray(from, at))
  }

  const makeRoom = (size: number): void => {
    if (writer.at + size <= writer.bytes.length && writer.at + size - start <= MOST_BYTES) return
    flush()
    if (writer.at + size <= writer.bytes.length) return
    const next = Math.min(MOST_BYTES, Math.max(FIRST_BYTES, 2 * writer.bytes.length))
    writer.bytes = new Uint8Array(Math.max(size, next))
    writer.at = 0
    start = 0
  }

  return {
    flush,
    add(packet, level) {
      const body = bodySize(packet, level)
      const size = packetSize(body)
      makeRoom(size)
      writePacket(writer, packet, level, body)
      if (!isDue) {
        isDue = true
        queueMicrotask(() => {
          isDue = false
          flush()
        })
      }
      return size
    },
  }
}

/** Encodes one packet into bytes of its own. */
export function encode(packet: Packet, level: Level): Uint8Array {
  const body = bodySize(packet, level)
  const writer = new Writer()
  writer.bytes = new Uint8Array(packetSize(body))
  writePacket(writer, packet, level, body)
  return writer.bytes
}
