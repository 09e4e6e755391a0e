const LENGTH_BYTES = 2
const LONGEST_HEADER_BYTES = 0xffff

/** Puts a header and a payload of bytes into one frame. Throws a RangeError for a header of more than 65,535 bytes. */
export function toBinaryFrame(header: string, payload: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(header)
  if (head.length > LONGEST_HEADER_BYTES) throw new RangeError('Header is too long')
  const frame = new Uint8Array(LENGTH_BYTES + head.length + payload.length)
  new DataView(frame.buffer).setUint16(0, head.length)
  frame.set(head, LENGTH_BYTES)
  frame.set(payload, LENGTH_BYTES + head.length)
  return frame
}

/** Takes it apart again; undefined for what is no such frame. The payload is a view of the frame. */
export function parseBinaryFrame(
  frame: Uint8Array,
): { readonly header: string; readonly payload: Uint8Array } | undefined {
  if (frame.length < LENGTH_BYTES) return undefined
  const end = LENGTH_BYTES + new DataView(frame.buffer, frame.byteOffset).getUint16(0)
  if (frame.length < end) return undefined
  try {
    const header = new TextDecoder('utf-8', { fatal: true }).decode(frame.subarray(LENGTH_BYTES, end))
    return { header, payload: frame.subarray(end) }
  } catch {
    return undefined
  }
}
