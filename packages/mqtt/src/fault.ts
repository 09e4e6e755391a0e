import { fault as coreFault, type ErrorCode, type ErrorDetails, RealtimeError } from '@org/realtime-core/kit'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** Why something is refused, in words; whatever else is said speaks for itself. */
const reasons = {
  ability: 'the server cannot do that',
  delivery:
    'its QoS is said by delivery: at-most-once, at-least-once or exactly-once; with mqtt.publish by qos',
  filter: 'it is no filter, which is not empty, and has + and # only as whole levels, # as the last',
  local: 'what is shared is never local',
  options: 'qos and retainHandling are 0, 1 or 2',
  property: 'a property is wrong here, and must be left out',
  refused: 'the server refused it',
  room: 'too much is on its way',
  topic: 'it is no topic, which is not empty and has no wildcard',
} as const

export type Why = keyof typeof reasons

const toWords = (why: string, fact?: string): string =>
  `${Object.hasOwn(reasons, why) ? reasons[why as Why] : why.replace(/^\[[a-z.-]+] /, '')}${fact === undefined ? '' : ` (${fact})`}`

/** A name may be as long as 65,535 bytes. */
const short = (name: string): string => (name.length > 100 ? `${name.slice(0, 100)}...` : name) || "''"

/** What each fault of this package says while developing. */
const sentences: {
  readonly [C in ErrorCode]?: (details: ErrorDetails[C], why?: string, fact?: string) => string
} = {
  'publish.refused': ({ channel, event }, why = '', fact) =>
    `Cannot publish ${event} to ${short(channel)}: ${toWords(why, fact)}`,
  'channel.rejected': ({ channel }, why = '', fact) =>
    `Cannot subscribe to ${short(channel)}: ${toWords(why, fact)}`,
  'connection.refused': (_, subprotocol) => `Server speaks ${subprotocol}`,
  'connection.replaced': (_, clientId) => `Another client uses the id ${clientId}`,
  'auth.failed': (_, method) => `Method ${method} failed`,
  'message.too-large': ({ channel, event, bytes, limitBytes }) =>
    event
      ? `${event} to ${channel} is longer than the ${limitBytes} bytes that the server takes`
      : `Packet of ${bytes} bytes is over the limit of ${limitBytes}`,
}

/** An error with a sentence of this package; production builds leave the sentence out, as those of core do. */
export function fault<C extends ErrorCode>(
  code: C,
  details: ErrorDetails[C],
  cause?: unknown,
  ...facts: [why?: string, fact?: string]
): RealtimeError<C> {
  try {
    // In this form bundlers find it, and esbuild drops what it guards from production builds.
    if (process.env.NODE_ENV !== 'production') {
      const words = sentences[code]?.(details, ...facts)
      if (words) return new RealtimeError(code, words, details, cause)
    }
  } catch {
    // A page without a bundler has no `process`.
  }
  return coreFault(code, details, cause, ...facts)
}
