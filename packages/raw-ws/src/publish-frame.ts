import { type Frame, type OutgoingMessage, RealtimeError, sizeOf } from '@org/realtime-core/kit'
import { toBinaryFrame } from './binary-frame.ts'

/** A payload as it waits: bytes as they are, anything else as JSON. */
export const encode = (payload: unknown): Frame =>
  payload instanceof Uint8Array ? payload : (JSON.stringify(payload) ?? 'null')

/** Joins an encoded payload to the rest of its frame, without encoding it again. */
export function toFrame(header: object, payload: Frame): Frame {
  const head = JSON.stringify(header)
  return typeof payload === 'string'
    ? `${head.slice(0, -1)},"data":${payload}}`
    : toBinaryFrame(head, payload)
}

/** @throws RealtimeError `message.too-large` */
export function checkSize(frame: Frame, limitBytes: number | undefined, message: OutgoingMessage): void {
  // No character needs more than three bytes per unit of its length: most frames need not be counted.
  if (limitBytes === undefined || frame.length * 3 <= limitBytes) return
  const bytes = sizeOf(frame)
  if (bytes <= limitBytes) return
  const { id, key: channel, event } = message
  throw new RealtimeError('message.too-large', `Frame of ${bytes} bytes is over ${limitBytes}`, {
    channel,
    event,
    id,
    bytes,
    limitBytes,
  })
}
