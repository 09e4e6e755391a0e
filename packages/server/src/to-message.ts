import type { Message } from './adapter.ts'
import { ServerError } from './errors.ts'
import { isChannelName, isName } from './names.ts'

/** @throws ServerError `publish.refused` */
export function toMessage(channel: string, event: string, value: unknown, id?: string): Message {
  if (!isName(event)) throw refused(channel, 'the name of the event is against the rules')
  if (id !== undefined && !isName(id)) throw refused(channel, 'the id is against the rules for names')
  const message = { event, payload: toPayload(channel, value) }
  return id === undefined ? message : { ...message, id }
}

/** @throws ServerError `publish.refused` */
export function checkMessage(channel: string, message: Message, frameBytes: number): void {
  if (!isChannelName(channel)) throw refused(channel, 'its name is against the rules')
  if (isTooLarge(channel, message, frameBytes))
    throw refused(channel, 'the payload is larger than limits.frameBytes')
}

/** Braces, member names and the largest offset. */
const ENVELOPE_BYTES = 120

/** Whether it would not fit into one frame, with all names around it. */
export function isTooLarge(
  channel: string,
  { event, payload, id, from }: Message,
  frameBytes: number,
): boolean {
  const names = Buffer.byteLength(JSON.stringify([channel, event, id, from])) + ENVELOPE_BYTES
  return names + (payload === undefined ? 0 : Buffer.byteLength(payload)) > frameBytes
}

function toPayload(channel: string, value: unknown): Message['payload'] {
  if (value instanceof Uint8Array) return new Uint8Array(value)
  try {
    return JSON.stringify(value)
  } catch (error) {
    throw refused(channel, `the payload is no JSON: ${error instanceof Error ? error.message : error}`)
  }
}

export function refused(channel: string, reason: string): ServerError {
  return new ServerError('publish.refused', `Cannot publish to ${channel}: ${reason}`, { channel, reason })
}
