import type { Receipt } from './api.ts'
import type { Cancel } from './clock.ts'
import type { DropReason, PublishDetails, RealtimeError } from './errors.ts'
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
  readonly bytes: number
  /** The line that has taken it over. Without one it waits. */
  line: Line | undefined
  cancelTtl?: Cancel
  /** Lets go of what it held while it waited or was unanswered. */
  release?: () => void
  /** How it ended. */
  result?: Receipt | RealtimeError
  /** Where it did not end during the call: tells whoever awaits it. */
  settle?: (result: Receipt | RealtimeError) => void
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never

/** A receipt but for the id, which the message has. */
export type Ending = WithoutId<Receipt>

/** What was decided during the call, as a promise. A rejection that nobody awaits must not end the process. */
export function toPromise(result: Receipt | RealtimeError): Promise<Receipt> {
  if (!(result instanceof Error)) return Promise.resolve(result)
  const rejection = Promise.reject(result)
  rejection.catch(() => {})
  return rejection
}

/** How it ended, or will end. */
export function toReceipt(entry: Entry): Promise<Receipt> {
  if (entry.result) return toPromise(entry.result)
  const receipt = new Promise<Receipt>((resolve, reject) => {
    entry.settle = (result) => {
      if (!(result instanceof Error)) return resolve(result)
      receipt.catch(() => {})
      reject(result)
    }
  })
  return receipt
}

/** What its delivery asks for when the line it went over is lost. */
export const isKept = ({ delivery }: Pick<OutgoingMessage, 'delivery'>): boolean =>
  delivery === 'at-least-once' || delivery === 'exactly-once'

export const toDetails = ({ key: channel, event, id }: OutgoingMessage): PublishDetails => ({
  channel,
  event,
  id,
})

export const toDropped = (message: Outgoing, reason: DropReason): RealtimeError<'publish.dropped'> =>
  fault('publish.dropped', { ...toDetails(message), reason })

/** Bytes as UTF-8. */
export function sizeOf(payload: string | Uint8Array): number {
  let bytes = payload.length
  if (typeof payload === 'string')
    for (const char of payload) if (char > '\x7f') bytes += char > '\u07ff' ? 2 : 1
  return bytes
}
