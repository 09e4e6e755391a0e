import { fault as coreFault, type ErrorCode, type ErrorDetails, RealtimeError } from '@org/realtime-core/kit'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** What details do not hold: words, or a reply of which only development is told. */
type Fact = string | { readonly body?: unknown; readonly cause?: unknown }

/** What each fault of this package says while developing. */
const sentences: { readonly [C in ErrorCode]?: (details: ErrorDetails[C], fact?: Fact) => string } = {
  'connection.lost': ({ code, reason = 'Server ended the connection' }) => `${reason} (${code})`,
  'connection.refused': ({ code, reason = 'Server ended the connection' }) => `${reason} (${code})`,
  'protocol.violation': () => 'Server told no socket id',
  'auth.failed': ({ channel = 'the user', url, ...rest }, fact) =>
    `Authorization of ${channel}${url ? ` at ${url}` : ''} ${toOutcome({ url, ...rest }, fact)}`,
  'channel.rejected': ({ channel }, reason) => `Server refused ${channel}: ${reason}`,
  'capability.missing': (_, channel) => `Option encryption is needed for ${channel}`,
  'publish.refused': ({ event, code }) =>
    code ? `Too many client events for ${event}` : 'Encrypted channels take no events of clients',
  'message.too-large': ({ event, limitBytes }) => `${event} is longer than ${limitBytes} bytes`,
  'message.malformed': (_, lacks) => (lacks ? `Member has no ${lacks}` : 'Frame is not JSON with an event'),
  'server.error': ({ reason }) => `Server says: ${reason}`,
}

function toOutcome({ status, url }: { status?: number; url?: string | undefined }, fact?: Fact): string {
  if (typeof fact === 'string') return `failed: ${fact}`
  const { retry, message } = Object(fact?.cause)
  if (retry === false && message) return `failed${status ? ` with ${status}` : ''}: ${message}`
  if (status && status < 300) return `has no key:signature${toLack(fact?.body)}`
  if (status) return `failed with ${status}`
  const isNowhere = url?.startsWith('/') && !('location' in globalThis)
  return `failed with no answer${isNowhere ? ': without a page the endpoint has to be absolute' : ''}`
}

/** What the answer is instead, with nothing of it that may be secret. */
function toLack(body: unknown): string {
  if (body instanceof Object) return ''
  if (body === '') return ': the answer is empty'
  if (typeof body !== 'string') return `: the answer is ${body}`
  const [, tag = ''] = /^\s*(<[!?]?\w+)/.exec(body) ?? []
  return `: the answer is text${tag && ` that begins with ${tag}`}`
}

/** An error with a sentence of this package; production builds leave the sentence out, as those of core do. */
export function fault<C extends ErrorCode>(
  code: C,
  details: ErrorDetails[C],
  cause?: unknown,
  fact?: Fact,
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
