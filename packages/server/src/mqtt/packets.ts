import { decode, type Role } from '@org/realtime-mqtt/codec'
import type { Frame, FrameKind, Spoiling } from '../wire.ts'

const types = [
  '',
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'pingreq',
  'pingresp',
  'disconnect',
  'auth',
]

const PUBLISH = 3
/** Packets that begin with an identifier. */
const HAS_ID = [4, 5, 6, 7, 8, 9, 10, 11]

/** What aliases of one direction stand for by now. */
interface Aliases {
  topicOfAlias(alias: number): string | undefined
}

/** The type of a packet, and the topic of a publish; other packets do not say what they are about without their level. */
export function kindOf(frame: Frame, aliases?: Aliases, reader: Role = 'server'): FrameKind {
  if (typeof frame === 'string') return { type: 'text', channels: [] }
  const number = (frame[0] ?? 0) >> 4
  const named = number === PUBLISH ? readText(frame, bodyAt(frame)) : undefined
  const alias = aliases && named === '' ? aliasOf(frame, reader) : undefined
  const topic = alias === undefined ? named : aliases?.topicOfAlias(alias)
  return { type: types[number] ?? '', channels: topic ? [topic] : [] }
}

/** Another packet of the same length: one of a type that there is not, or about another identifier. */
export function spoil(frame: Frame, how: Spoiling): Frame {
  if (typeof frame === 'string') return frame
  const spoilt = frame.slice()
  const at = idAt(frame)
  if (how === 'malform') spoilt[0] = 0
  else if (at !== undefined) spoilt[at] = (frame[at] ?? 0) ^ 0x55
  return spoilt
}

/** Only a publish of MQTT 5 has one. */
function aliasOf(frame: Uint8Array, role: Role): number | undefined {
  try {
    const packet = decode(frame, { role, level: 5 })
    return packet.type === 'publish' ? packet.properties?.topicAlias : undefined
  } catch {
    // It makes no sense, which its reader says.
    return undefined
  }
}

function idAt(frame: Uint8Array): number | undefined {
  const number = (frame[0] ?? 0) >> 4
  const body = bodyAt(frame)
  if (HAS_ID.includes(number)) return body
  const hasId = number === PUBLISH && ((frame[0] ?? 0) & 6) !== 0
  return hasId ? body + 2 + uint16(frame, body) : undefined
}

function bodyAt(frame: Uint8Array): number {
  let at = 1
  while ((frame[at] ?? 0) > 127) at++
  return at + 1
}

const uint16 = (frame: Uint8Array, at: number): number => ((frame[at] ?? 0) << 8) | (frame[at + 1] ?? 0)

const readText = (frame: Uint8Array, at: number): string =>
  Buffer.from(frame.subarray(at + 2, at + 2 + uint16(frame, at))).toString()
