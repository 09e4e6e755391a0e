import type { Level, Packet } from './packets.ts'
import { bodySize, packetSize, type WriteBody, writePacket } from './write-packet.ts'
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

/** A batch of packets as `write` writes them. */
export function createBatchOf(write: WriteBody, send: (bytes: Uint8Array) => void): Batch {
  const writer = new Writer()
  let start = 0
  let isDue = false

  const flush = (): void => {
    const { bytes, at } = writer
    if (at === start) return
    let from = start
    start = at
    for (; from < at; from += MOST_BYTES) send(bytes.subarray(from, Math.min(at, from + MOST_BYTES)))
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
      const body = bodySize(write, packet, level)
      const size = packetSize(body)
      makeRoom(size)
      writePacket(write, writer, packet, level, body)
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
