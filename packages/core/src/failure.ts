import { type ConnectionDetails, RealtimeError } from './errors.ts'
import type { Failure } from './protocol.ts'
import type { SessionEnd } from './transport.ts'

/** A failure after which trying again is worth it. */
export function toRetry(
  code: 'connection.lost' | 'connection.timeout',
  sentence: string,
  details: ConnectionDetails,
  cause?: unknown,
): Failure {
  return { verdict: 'retry', error: new RealtimeError(code, sentence, details, cause) }
}

/** What the end of a session means when the protocol does not say. */
export function toLoss({ code, reason, status, error }: SessionEnd, phase: string, url: string): Failure {
  const details = { url, ...(code && { code }), ...(reason && { reason }), ...(status && { status }) }
  return toRetry(
    'connection.lost',
    `Session ended${code ? ` with ${code}` : ''} while ${phase}`,
    details,
    error,
  )
}

/** Wrong options and final refusals stop; whatever else a provider or a transport throws may pass. */
export function toFailure(cause: unknown, url: string): Failure {
  const error = RealtimeError.from(cause, 'connection.lost', 'Transport could not start', { url })
  const isFinal =
    RealtimeError.is(error, 'option.invalid') ||
    (RealtimeError.is(error, 'auth.failed') && !error.details.retry)
  return { verdict: isFinal ? 'stop' : 'retry', error }
}

/** The address without user, query and fragment. */
export function withoutSecrets(url: string): string {
  return url.replace(/[?#].*/, '').replace(/\/\/[^/]*@/, '//')
}
