import type { RealtimeError } from '@org/realtime-core/kit'
import { known } from '../known.ts'

/** A client event without its prefix. */
export class BadEventName extends Error {}

/** A name that no channel may have. */
export class BadChannelName extends Error {}

/** What this client, or this kind of channel, cannot do. */
export class UnsupportedFeature extends Error {}

/** What a handler of the application has told: it is not asked again, unless a status says so. */
export function told(cause: unknown): Error {
  const { message = cause ?? '', status, response } = Object(cause)
  return Object.assign(new Error(message, { cause }), { retry: false, status, response })
}

/** A refusal as pusher-js tells it: in the words of the handler, where one has told it. */
export function toAuthError(error: RealtimeError): object {
  const { status, code } = error.details as { status?: number; code?: unknown }
  const { message, retry } = Object(error.cause)
  return known({
    type: 'AuthError',
    error: (retry === false && message) || error.message,
    status: status ?? (typeof code === 'number' ? code : undefined),
  })
}
