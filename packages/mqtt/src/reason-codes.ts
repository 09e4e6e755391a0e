import { type ErrorCode, type Failure, RealtimeError, type Verdict } from '@org/realtime-core/kit'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** The one table from a code of CONNACK or DISCONNECT to what the connection does. What is not in it may pass. */
const table: readonly (readonly [verdict: Verdict, error: ErrorCode, codes: readonly number[]])[] = [
  ['stop', 'connection.refused', [0x84, 0x85, 0x8a, 0x9a, 0x9b, 0x9d]],
  ['stop', 'auth.failed', [0x86, 0x87, 0x8c]],
  ['stop', 'connection.replaced', [0x8e]],
  ['retry', 'protocol.violation', [0x81, 0x82, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x99, 0x9e, 0xa1, 0xa2]],
]

/** The names of the specification, from 0x80 on; production builds leave them out. */
const reasons =
  'Unspecified error,Malformed packet,Protocol error,Implementation specific error,Unsupported protocol version,' +
  'Client identifier not valid,Bad user name or password,Not authorized,Server unavailable,Server busy,Banned,' +
  'Server shutting down,Bad authentication method,Keep alive timeout,Session taken over,Topic filter invalid,' +
  'Topic name invalid,Packet identifier in use,Packet identifier not found,Receive maximum exceeded,' +
  'Topic alias invalid,Packet too large,Message rate too high,Quota exceeded,Administrative action,' +
  'Payload format invalid,Retain not supported,QoS not supported,Use another server,Server moved,' +
  'Shared subscriptions not supported,Connection rate exceeded,Maximum connect time,' +
  'Subscription identifiers not supported,Wildcard subscriptions not supported'

/** The return codes of a CONNACK before level 5, in the codes of level 5. */
const returnCodes = [0, 0x84, 0x85, 0x88, 0x86, 0x87]

export const toReason = (code: number, level: number): number =>
  level < 5 ? (returnCodes[code] ?? code) : code

const toHex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`

/** `reason` is what the server adds in words. */
export function toFailure(code: number, reason?: string): Failure {
  let name = ''
  try {
    // In this form bundlers find it, and esbuild drops what it guards from production builds.
    if (process.env.NODE_ENV !== 'production')
      name = `${reasons.split(',')[code - 0x80] ?? 'Normal disconnection'} `
  } catch {
    // A page without a bundler has no `process`.
  }
  const [verdict, error] = table.find(([, , codes]) => codes.includes(code)) ?? ['retry', 'connection.lost']
  const details = { code, ...(reason && { reason }) }
  return { verdict, error: new RealtimeError(error, `Server said: ${name}${toHex(code)}`, details) }
}

/** Of a SUBACK: the server may have room later. */
export const isWorthAnotherTry = (code: number): boolean => code === 0x97
