/** Turns payloads into bytes and back. */
export interface PayloadCodec {
  encode(payload: unknown, topic: string): Uint8Array
  /** The bytes are only there during the call: what is to be kept must be copied. May throw. */
  decode(bytes: Uint8Array, topic: string): unknown
}

/** `json`; `text`, where broken UTF-8 becomes replacement characters; `bytes`, copied; or one of your own. */
export type PayloadFormat = 'json' | 'text' | 'bytes' | PayloadCodec

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const strict = new TextDecoder('utf-8', { fatal: true })

export const toBytes = (text: string): Uint8Array => encoder.encode(text)

const kindOf = (value: unknown): string => Object.prototype.toString.call(value)

const isBytes = (payload: unknown): payload is Uint8Array => payload instanceof Uint8Array

const json: PayloadCodec = {
  encode(payload) {
    const text: unknown = JSON.stringify(payload)
    // A buffer, blob, map or promise has a JSON too, and nothing of it is in it.
    if (typeof text !== 'string' || (text === '{}' && kindOf(payload) !== '[object Object]'))
      throw new TypeError(`It has no JSON: ${kindOf(payload)}`)
    return encoder.encode(text)
  },
  // Nothing is what clears a retained message.
  decode: (bytes) => (bytes.length ? JSON.parse(strict.decode(bytes)) : undefined),
}

const text: PayloadCodec = {
  encode: (payload) => encoder.encode(`${payload}`),
  decode: (bytes) => decoder.decode(bytes),
}

const bytes: PayloadCodec = {
  encode(payload) {
    throw new TypeError(`It is no Uint8Array: ${typeof payload}`)
  },
  // Also what comes as a `Buffer`, as MQTT.js has it, whose `slice` copies nothing.
  decode: (given) => new Uint8Array(given),
}

const formats = { json, text, bytes }

/** Bytes go as they are, whatever the format. */
export function encodePayload(format: PayloadFormat, payload: unknown, topic: string): Uint8Array {
  return isBytes(payload) ? payload : toCodec(format).encode(payload, topic)
}

export function toCodec(format: PayloadFormat): PayloadCodec {
  return typeof format === 'string' ? formats[format] : format
}
