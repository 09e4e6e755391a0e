import { RealtimeError } from '@org/realtime-core/kit'

/** Reason codes that the codec itself gives. */
const MALFORMED = 0x81
export const PROTOCOL_ERROR = 0x82
export const UNSUPPORTED_VERSION = 0x84
export const TOPIC_INVALID = 0x90
export const ALIAS_INVALID = 0x94
export const TOO_LARGE = 0x95

/** What a peer may not send. `details.code` is the reason code to close with. */
export function malformed(sentence: string, code: number = MALFORMED): RealtimeError<'protocol.violation'> {
  return new RealtimeError('protocol.violation', sentence, { code })
}
