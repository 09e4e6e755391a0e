import { malformed, TOO_LARGE } from './malformed.ts'
import { varintSize } from './writer.ts'

/** Gets the bytes of one packet: where they start, where the fixed header ends, and where they end. */
export type ReadFrame = (bytes: Uint8Array, start: number, body: number, end: number) => void

export interface Framer {
  push(chunk: Uint8Array): void
  /** The rest of the chunk, and whatever comes, is not for us any more. */
  stop(): void
}

const FIRST_BYTES = 1024

/**
 * Cuts a stream into packets, however it is chunked. A packet that lies within a chunk is not copied; one that
 * does not is gathered in a buffer that grows with what has come, never with what is announced.
 */
export function createFramer(limitBytes: number, frame: ReadFrame): Framer {
  let held = new Uint8Array(0)
  let size = 0
  let isOver = false

  /** The size of the packet that starts here; 0 while its length is not whole. */
  const measure = (bytes: Uint8Array, start: number, end: number): number => {
    let length = 0
    for (let count = 0; count < 4; count++) {
      const at = start + 1 + count
      if (at >= end) return 0
      const byte = bytes[at] as number
      length |= (byte & 127) << (7 * count)
      if (byte > 127) continue
      if (!byte && count) break
      const total = 2 + count + length
      if (total > limitBytes) throw malformed('large', TOO_LARGE, total)
      return total
    }
    throw malformed('length')
  }

  const hold = (chunk: Uint8Array, from: number, to: number, total: number): void => {
    const needed = size + to - from
    if (needed > held.length) {
      const roomier = new Uint8Array(Math.max(needed, Math.min(total, Math.max(FIRST_BYTES, 2 * needed))))
      roomier.set(held.subarray(0, size))
      held = roomier
    }
    held.set(chunk.subarray(from, to), size)
    size = needed
  }

  /** Goes on with a packet that began in an earlier chunk; returns where the next one starts. */
  const resume = (chunk: Uint8Array): number => {
    let at = 0
    while (size && at < chunk.length) {
      const total = measure(held, 0, size)
      // Its length comes byte by byte.
      const to = Math.min(chunk.length, total ? at + total - size : at + 1)
      hold(chunk, at, to, total)
      at = to
      if (measure(held, 0, size) !== size) continue
      const whole = held
      const end = size
      held = new Uint8Array(0)
      size = 0
      frame(whole, 0, bodyOf(end), end)
    }
    return at
  }

  return {
    push(chunk) {
      if (isOver) return
      try {
        let at = size ? resume(chunk) : 0
        while (at < chunk.length && !isOver) {
          const total = measure(chunk, at, chunk.length)
          if (!total || at + total > chunk.length) {
            hold(chunk, at, chunk.length, total)
            break
          }
          frame(chunk, at, at + bodyOf(total), at + total)
          at += total
        }
      } catch (error) {
        isOver = true
        throw error
      }
    },
    stop() {
      isOver = true
    },
  }
}

/** How long the fixed header of a packet of that size is. */
function bodyOf(total: number): number {
  let header = 2
  while (1 + varintSize(total - header) > header) header++
  return header
}
