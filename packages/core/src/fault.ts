import { type ErrorCode, type ErrorDetails, RealtimeError } from './errors.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** What each fault of core says while developing; `facts` is what its details do not hold. */
const sentences: {
  readonly [C in ErrorCode]?: (details: ErrorDetails[C] & { cause: unknown }, ...facts: unknown[]) => string
} = {
  'connection.timeout': (_, phase, ms) =>
    `${phase === 'dialing' ? 'Dial' : 'Handshake'} took longer than ${ms} ms`,
  'connection.lost': ({ code, reason, url = 'ws:', cause }, phase) => {
    if (!phase) return 'Transport could not start'
    const how = code ? ` with ${code}` : ''
    if (phase !== 'dialing') return `Session ended${how} while ${phase}`
    const text = toText(cause)
    const why = text && ` (${text})`
    const what = /^(ws|http|\/)/.test(url) ? 'port, path and ws: or wss:' : 'port and scheme'
    const more = reason ? ` ${reason}` : ''
    return `Dial failed${how}${why}: does the server run, and are host, ${what} right?${more}`
  },
  'connection.stale': () => 'Peer is silent',
  'connection.gave-up': (_, failures) => `Gave up at failure ${failures}`,
  'connection.closed': (_, publishId) =>
    publishId
      ? 'Client was closed or gave up; status.lastError may say why, and connect() opens it again'
      : 'Client was closed',
  'auth.failed': (_, what, limitMs) =>
    limitMs ? `No ${what} within ${limitMs} ms` : `Function for ${what} failed`,
  'channel.rejected': ({ channel }) => `Cannot join ${channel}`,
  'channel.timeout': ({ channel }) => `No answer to joining ${channel}`,
  'publish.dropped': ({ channel, event, reason }) => `${event} to ${channel} was dropped: ${reason}`,
  'publish.timeout': ({ channel, event }) => `Whether ${event} reached ${channel} is not known`,
  'publish.unknown': ({ channel, event }) => `Whether ${event} reached ${channel} is not known`,
  'publish.refused': ({ channel, event }) => `Cannot publish ${event} to ${channel}`,
  'message.malformed': ({ channel, event, topic = channel }, why, publishId) =>
    why ? `Payload of ${event}${publishId ? '' : ` on ${topic}`} ${why}` : 'Frame cannot be read',
  'listener.failed': ({ channel, event }) =>
    channel ? `Listener of ${event} on ${channel} threw` : 'Listener threw',
  'iteration.overflow': ({ event, buffer }) => `More than ${buffer} events of ${event} waited`,
  'gap.failed': ({ channel, reason }) => `Gap handler of ${channel}: ${reason}; held events were delivered`,
  'capability.missing': ({ protocol, capability }) => `Protocol ${protocol} has no ${capability}`,
  'store.failed': ({ action }) => `Session store could not ${action}`,
  'protocol.violation': () => 'Protocol threw',
  'option.invalid': ({ option, expected }) => `Option ${option} must be ${expected}`,
}

/** What a platform says, unless it may tell the address with its secrets. */
function toText(cause: unknown): string {
  const { message, code, name } = Object(cause)
  const text = String(message || code || name || cause || '')
  return /[?@]|:\/\//.test(text) ? '' : text
}

/**
 * An error of core itself. Its sentence is for those who develop; production builds leave the table of
 * sentences out, and the message is the code, the facts, and what the details hold in words and numbers.
 */
export function fault<C extends ErrorCode>(
  code: C,
  details: ErrorDetails[C],
  cause?: unknown,
  ...facts: unknown[]
): RealtimeError<C> {
  let words = [...facts, ...Object.values(details)].filter((fact) => /^(st|n)/.test(typeof fact)).join(', ')
  try {
    // In this form bundlers find it, and esbuild drops what it guards from production builds.
    if (process.env.NODE_ENV !== 'production')
      words = sentences[code]?.({ ...details, cause }, ...facts) ?? words
  } catch {
    // A page without a bundler has no `process`.
  }
  return new RealtimeError(code, words, details, cause)
}

/** A RealtimeError as it is; anything else as the cause of a fault. */
export const toFault = <C extends ErrorCode>(
  error: unknown,
  code: C,
  details: ErrorDetails[C],
  ...facts: unknown[]
): RealtimeError => (RealtimeError.is(error) ? error : fault(code, details, error, ...facts))
