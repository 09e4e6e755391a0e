import type { Receipt } from './api.ts'
import type { Cancel } from './clock.ts'
import type { DropReason, RealtimeError } from './errors.ts'
import { fault } from './fault.ts'
import type { Line } from './line-setup.ts'
import type { OutgoingMessage } from './protocol.ts'

export interface Outgoing extends OutgoingMessage {
  readonly ttlMs: number
  readonly coalesceKey: string | undefined
  readonly signal: AbortSignal | undefined
}

/** One publish from its call to its receipt. */
export interface Entry {
  message: Outgoing
  /** Its place among all publishes, kept when it is sent again. */
  readonly order: number
  readonly bytes: number
  /** The line that has taken it over. */
  line: Line | undefined
  cancelTtl?: Cancel
  resolve(receipt: Receipt): void
  reject(error: RealtimeError): void
}

/** What its delivery asks for when the line it went over is lost. */
export function isKept({ delivery }: Pick<OutgoingMessage, 'delivery'>): boolean {
  return delivery === 'at-least-once' || delivery === 'exactly-once'
}

export function toDropped(
  { key: channel, event, id }: Outgoing,
  reason: DropReason,
): RealtimeError<'publish.dropped'> {
  return fault('publish.dropped', { channel, event, id, reason })
}

/** Bytes as UTF-8. */
export function sizeOf(payload: string | Uint8Array): number {
  let bytes = payload.length
  if (typeof payload === 'string')
    for (const char of payload) if (char > '\x7f') bytes += char > '\u07ff' ? 2 : 1
  return bytes
}
