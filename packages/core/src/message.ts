import type { RealtimeError } from './errors.ts'
import { fault } from './fault.ts'
import type { Report } from './listeners.ts'
import type { Decode, Meta } from './protocol.ts'
import { type Checked, type Issue, type Schema, validate } from './validate.ts'

/** The value that listeners get, or nothing where there is none. */
export type Opened = readonly unknown[]

/** One received message on its way to listeners. Decoded and validated once, and only if somebody gets it. */
export class Message {
  readonly meta: Meta
  /** Why no listener can get it; reported when that was found. */
  failure: RealtimeError | undefined
  readonly #schema: Schema | undefined
  readonly #report: Report
  #payload: unknown
  #decode: Decode | undefined
  #opened: Opened | Promise<Opened> | undefined

  constructor(
    meta: Meta,
    payload: unknown,
    decode: Decode | undefined,
    schema: Schema | undefined,
    report: Report,
  ) {
    this.meta = meta
    this.#payload = payload
    this.#decode = decode
    this.#schema = schema
    this.#report = report
  }

  /** To be called before it outlives the callback it came in: the bytes may belong to the wire. */
  keep(): void {
    if (this.#decode && this.#payload instanceof Uint8Array) this.#payload = this.#payload.slice()
  }

  /** Throws the same failure each time, without trying again. */
  decoded(): unknown {
    const decode = this.#decode
    this.#decode = undefined
    try {
      if (decode) this.#payload = decode(this.#payload)
    } catch (error) {
      this.#malformed('cannot be decoded', undefined, error)
    }
    if (this.failure) throw this.failure
    return this.#payload
  }

  /** A promise only while a schema takes its time. */
  open(): Opened | Promise<Opened> {
    if (!this.#opened) {
      const judge = (checked: Checked): Opened => {
        if (!checked.issues) return [checked.value]
        this.#malformed('does not fit its schema', checked.issues)
        return []
      }
      try {
        const value = this.decoded()
        const checked = this.#schema ? validate(this.#schema, value) : { value }
        this.#opened = checked instanceof Promise ? checked.then(judge) : judge(checked)
      } catch {
        this.#opened = []
      }
    }
    return this.#opened
  }

  #malformed(why: string, issues?: readonly Issue[], cause?: unknown): void {
    const { channel = '', event = '', topic } = this.meta as Meta & { readonly topic?: string }
    this.failure = fault('message.malformed', { channel, event, topic, issues }, cause, why)
    this.meta.unfit?.()
    this.#report(this.failure)
  }
}

/** One wire message may match several channels, and is still decoded once. */
export function decodeOnce(decode: Decode): Decode {
  let repeat: (() => unknown) | undefined
  return (payload) => {
    if (!repeat) {
      try {
        const value = decode(payload)
        repeat = () => value
      } catch (error) {
        repeat = () => {
          throw error
        }
      }
    }
    return repeat()
  }
}
