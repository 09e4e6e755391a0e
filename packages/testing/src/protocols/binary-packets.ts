import { RealtimeError } from '@org/realtime-core/kit'

export type Packet =
  | { readonly type: 'connect'; readonly clientId: string; readonly token: string }
  | { readonly type: 'connack'; readonly present: boolean; readonly code: number }
  | {
      readonly type: 'publish'
      /** 0 for a packet that wants no acknowledgement. */
      readonly id: number
      readonly again: boolean
      readonly topic: string
      /** A view of the frame it was read from. */
      readonly payload: Uint8Array
    }
  | { readonly type: 'puback'; readonly id: number; readonly code: number }
  | { readonly type: 'subscribe'; readonly filters: readonly string[] }
  | { readonly type: 'suback'; readonly filter: string; readonly code: number }
  | { readonly type: 'unsubscribe'; readonly filters: readonly string[] }
  | { readonly type: 'pingreq' }
  | { readonly type: 'pingresp' }
  | { readonly type: 'disconnect'; readonly code: number }

const types: readonly Packet['type'][] = [
  'connect',
  'connack',
  'publish',
  'puback',
  'subscribe',
  'suback',
  'unsubscribe',
  'pingreq',
  'pingresp',
  'disconnect',
]

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** A packet is its type, its fields in order, strings with a length before them, and a payload at the end. */
export function encodePacket(packet: Packet): Uint8Array {
  const bytes: number[] = [types.indexOf(packet.type) + 1]
  const number = (value: number): void => void bytes.push(value >> 8, value & 0xff)
  const text = (value: string): void => {
    const encoded = encoder.encode(value)
    number(encoded.length)
    for (const byte of encoded) bytes.push(byte)
  }
  switch (packet.type) {
    case 'connect':
      text(packet.clientId)
      text(packet.token)
      break
    case 'connack':
      bytes.push(packet.present ? 1 : 0, packet.code)
      break
    case 'publish': {
      number(packet.id)
      bytes.push(packet.again ? 1 : 0)
      text(packet.topic)
      return Uint8Array.of(...bytes, ...packet.payload)
    }
    case 'puback':
      number(packet.id)
      bytes.push(packet.code)
      break
    case 'suback':
      text(packet.filter)
      bytes.push(packet.code)
      break
    case 'subscribe':
    case 'unsubscribe':
      number(packet.filters.length)
      for (const filter of packet.filters) text(filter)
      break
    case 'disconnect':
      bytes.push(packet.code)
      break
    default:
  }
  return Uint8Array.from(bytes)
}

/** Throws `message.malformed` for anything that is not one whole packet. */
export function decodePacket(frame: Uint8Array): Packet {
  let at = 0
  const byte = (): number => {
    const value = frame[at++]
    if (value === undefined) throw malformed('ends too early')
    return value
  }
  const number = (): number => (byte() << 8) | byte()
  const text = (): string => {
    const length = number()
    const bytes = frame.subarray(at, at + length)
    at += length
    if (bytes.length < length) throw malformed('ends too early')
    try {
      return decoder.decode(bytes)
    } catch {
      throw malformed('holds text that is not UTF-8')
    }
  }
  const texts = (): string[] => Array.from({ length: number() }, text)
  const packet = read()
  if (at < frame.length) throw malformed('goes on after its end')
  return packet

  function read(): Packet {
    const type = types[byte() - 1]
    switch (type) {
      case 'connect':
        return { type, clientId: text(), token: text() }
      case 'connack':
        return { type, present: byte() === 1, code: byte() }
      case 'publish': {
        const head = { type, id: number(), again: byte() === 1, topic: text() } as const
        const payload = frame.subarray(at)
        at = frame.length
        return { ...head, payload }
      }
      case 'puback':
        return { type, id: number(), code: byte() }
      case 'subscribe':
      case 'unsubscribe':
        return { type, filters: texts() }
      case 'suback':
        return { type, filter: text(), code: byte() }
      case 'pingreq':
      case 'pingresp':
        return { type }
      case 'disconnect':
        return { type, code: byte() }
      default:
        throw malformed('is of no known type')
    }
  }
}

const malformed = (what: string): RealtimeError =>
  new RealtimeError('message.malformed', `Packet ${what}`, {})
