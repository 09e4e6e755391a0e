import { RealtimeError } from './errors.ts'
import { fault } from './fault.ts'
import type { SessionEnd } from './transport.ts'

/** What the end of a session means when the protocol does not say. */
export function toLoss(
  { code, reason, status, error }: SessionEnd,
  phase: string,
  url: string,
): RealtimeError {
  const details = { url, ...(code && { code }), ...(reason && { reason }), ...(status && { status }) }
  return fault('connection.lost', details, error, phase)
}

/** Trying again would end the same way. */
export const isFinal = (error: RealtimeError): boolean =>
  RealtimeError.is(error, 'option.invalid') ||
  RealtimeError.is(error, 'connection.replaced') ||
  (RealtimeError.is(error, 'auth.failed') && !error.details.retry)

/** The address without user, query and fragment. */
export const withoutSecrets = (url: string): string => url.replace(/[?#].*/, '').replace(/\/\/[^/]*@/, '//')
