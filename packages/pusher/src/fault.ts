import { fault as coreFault, type ErrorCode, type ErrorDetails, RealtimeError } from '@org/realtime-core/kit'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** What each fault of this package says while developing; `fact` is what its details do not hold. */
const sentences: { readonly [C in ErrorCode]?: (details: ErrorDetails[C], fact?: string) => string } = {
  'connection.lost': ({ code, reason = 'Server ended the connection' }) => `${reason} (${code})`,
  'connection.refused': ({ code, reason = 'Server ended the connection' }) => `${reason} (${code})`,
  'protocol.violation': () => 'Server told no socket id',
  'auth.failed': ({ channel = 'the user', status }, fact) =>
    `Authorization of ${channel} ${fact ? `failed: ${fact}` : status && status < 300 ? 'has no key:signature' : `failed with ${status ?? 'no answer'}`}`,
  'channel.rejected': ({ channel }, reason) => `Server refused ${channel}: ${reason}`,
  'capability.missing': (_, channel) => `Option encryption is needed for ${channel}`,
  'publish.refused': ({ event, code }) =>
    code ? `Too many client events for ${event}` : 'Encrypted channels take no events of clients',
  'message.too-large': ({ event, limitBytes }) => `${event} is longer than ${limitBytes} bytes`,
  'message.malformed': (_, lacks) => (lacks ? `Member has no ${lacks}` : 'Frame is not JSON with an event'),
  'server.error': ({ reason }) => `Server says: ${reason}`,
}

/** An error with a sentence of this package; production builds leave the sentence out, as those of core do. */
export function fault<C extends ErrorCode>(
  code: C,
  details: ErrorDetails[C],
  cause?: unknown,
  fact?: string,
): RealtimeError<C> {
  try {
    // In this form bundlers find it, and esbuild drops what it guards from production builds.
    if (process.env.NODE_ENV !== 'production') {
      const words = sentences[code]?.(details, fact)
      if (words) return new RealtimeError(code, words, details, cause)
    }
  } catch {
    // A page without a bundler has no `process`.
  }
  return coreFault(code, details, cause, fact)
}
