import { RealtimeError } from './errors.ts'
import { fault, toFault } from './fault.ts'
import type { Failure } from './protocol.ts'
import type { SessionEnd } from './transport.ts'

/** What the end of a session means when the protocol does not say. */
export function toLoss({ code, reason, status, error }: SessionEnd, phase: string, url: string): Failure {
  const details = { url, ...(code && { code }), ...(reason && { reason }), ...(status && { status }) }
  return { verdict: 'retry', error: fault('connection.lost', details, error, phase) }
}

/** Wrong options and final refusals stop; whatever else a provider or a transport throws may pass. */
export function toFailure(cause: unknown, url: string): Failure {
  const error = toFault(cause, 'connection.lost', { url })
  const isFinal =
    RealtimeError.is(error, 'option.invalid') ||
    (RealtimeError.is(error, 'auth.failed') && !error.details.retry)
  return { verdict: isFinal ? 'stop' : 'retry', error }
}

/** The address without user, query and fragment. */
export function withoutSecrets(url: string): string {
  return url.replace(/[?#].*/, '').replace(/\/\/[^/]*@/, '//')
}
