import { RealtimeError } from './errors.ts'
import type { Decode, Meta } from './protocol.ts'
import { type Checked, type Issue, type Schema, validate } from './validate.ts'

export type Opened = { readonly value: unknown } | { readonly error: RealtimeError }

/** One received message on its way to listeners. Decoded and validated once, and only if somebody gets it. */
export class Message {
  readonly event: string
  readonly meta: Meta
  readonly #schema: Schema | undefined
  #payload: unknown
  #decode: Decode | undefined
  #opened: Opened | Promise<Opened> | undefined
  #failure: { readonly error: unknown } | undefined
  #blamed = false

  constructor(
    event: string,
    meta: Meta,
    payload: unknown,
    decode: Decode | undefined,
    schema: Schema | undefined,
  ) {
    this.event = event
    this.meta = meta
    this.#payload = payload
    this.#decode = decode
    this.#schema = schema
  }

  /** To be called before it outlives the callback it came in: the bytes may belong to the wire. */
  keep(): void {
    if (this.#decode && this.#payload instanceof Uint8Array) this.#payload = this.#payload.slice()
  }

  /** True once: a message that cannot be opened is reported once, however many would have got it. */
  blame(): boolean {
    const isFirst = !this.#blamed
    this.#blamed = true
    return isFirst
  }

  /** Decoding it was tried and failed. */
  get isBroken(): boolean {
    return this.#failure !== undefined
  }

  /** Throws what decoding threw, each time, without trying again. */
  decoded(): unknown {
    const decode = this.#decode
    if (decode) {
      this.#decode = undefined
      try {
        this.#payload = decode(this.#payload)
      } catch (error) {
        this.#failure = { error }
      }
    }
    if (this.#failure) throw this.#failure.error
    return this.#payload
  }

  /** The value that listeners get. A promise only while a schema takes its time. */
  open(): Opened | Promise<Opened> {
    this.#opened ??= this.#open()
    return this.#opened
  }

  #open(): Opened | Promise<Opened> {
    const judge = (checked: Checked): Opened =>
      checked.issues ? { error: toMalformed(this.meta, 'does not fit its schema', checked.issues) } : checked
    try {
      const value = this.decoded()
      if (!this.#schema) return { value }
      const checked = validate(this.#schema, value)
      return checked instanceof Promise ? checked.then(judge) : judge(checked)
    } catch (error) {
      return { error: toMalformed(this.meta, 'cannot be decoded', undefined, error) }
    }
  }
}

export function toMalformed(
  { channel = '', event = '' }: Meta,
  why: string,
  issues?: readonly Issue[],
  cause?: unknown,
): RealtimeError {
  const details = { channel, event, ...(issues && { issues }) }
  return new RealtimeError('message.malformed', `Payload of ${event} on ${channel} ${why}`, details, cause)
}

/** One wire message may match several channels, and is still decoded once. */
export function decodeOnce(decode: Decode): Decode {
  let message: Message | undefined
  return (payload) => {
    message ??= new Message('', {}, payload, decode, undefined)
    return message.decoded()
  }
}
