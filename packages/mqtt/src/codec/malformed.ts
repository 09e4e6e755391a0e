import { RealtimeError } from '@org/realtime-core/kit'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** Reason codes that the codec itself gives. */
const MALFORMED = 0x81
export const PROTOCOL_ERROR = 0x82
export const UNSUPPORTED_VERSION = 0x84
export const TOPIC_INVALID = 0x90
export const ALIAS_INVALID = 0x94
export const TOO_LARGE = 0x95

/** What a breach says while developing; production builds say its name alone. */
const sentences = {
  again: 'CONNACK came twice',
  alias: 'A topic alias is unknown or above the maximum',
  answer: 'An acknowledgement answers nothing that was asked',
  code: 'A code does not belong to its packet',
  count: 'There is not one packet',
  early: 'A packet or its properties end too early',
  empty: 'A packet holds no filter or no code',
  flag: 'A flag is neither 0 nor 1',
  flags: 'Flags of this packet are reserved or contradict it',
  frame: 'A frame is text',
  HTTP: 'The server speaks HTTP: use ws: instead of mqtt:',
  id: 'A packet identifier is 0',
  large: 'A packet or field has too many bytes',
  length: 'A length is not in its shortest form, or longer than 4 bytes',
  local: 'A shared subscription is never local',
  long: 'A packet goes on after its end',
  malformed: 'A packet is malformed',
  method: 'An authentication method is missing or was not asked for',
  much: 'More came than the Receive Maximum allows',
  password: 'A password comes without a user name',
  property: 'A property does not belong to its packet',
  response: 'A response topic is no topic',
  session: 'There is a session that was to be new',
  soon: 'A packet came before CONNACK',
  text: 'Text is not UTF-8, or holds U+0000 or half a character',
  topic: 'A topic is empty or holds a wildcard',
  twice: 'A property comes twice',
  value: 'A property has a value that it may not have',
  version: 'There is no such protocol',
  way: 'A packet of this type does not go this way',
} as const

export type Breach = keyof typeof sentences

/** What a peer may not send, or we may not. `details.code` is the reason code to close with. */
export function malformed(
  breach: Breach,
  code: number = MALFORMED,
  fact: number | string = '',
  cause?: unknown,
): RealtimeError<'protocol.violation'> {
  let words: string = breach
  try {
    // In this form bundlers find it, and esbuild drops what it guards from production builds.
    if (process.env.NODE_ENV !== 'production') words = sentences[breach]
  } catch {
    // A page without a bundler has no `process`.
  }
  return new RealtimeError('protocol.violation', fact === '' ? words : `${words}: ${fact}`, { code }, cause)
}
