import type { PublishOptions, Receipt } from './api.ts'
import { RealtimeError } from './errors.ts'
import { isKept } from './publish-entry.ts'
import { createPublishQueue, type PublishQueue, type QueueSetup } from './publish-queue.ts'
import type { Delivery, Protocol } from './protocol.ts'
import type { Frame } from './transport.ts'
import { type Checked, type Schema, validate } from './validate.ts'

export interface OutboxSetup extends QueueSetup {
  readonly protocol: Protocol
  readonly ttlMs: number
  readonly isClosed: () => boolean
  readonly schema: (channel: string, event: string) => Schema | undefined
  readonly missing: (capability: string) => RealtimeError
}

export interface Outbox extends Omit<PublishQueue, 'publish'> {
  readonly publish: Publish
}

export type Publish = (channel: string, event: string, payload: unknown, options: PublishOptions) => Promise<Receipt>

const deliveries: readonly Delivery[] = ['volatile', 'at-most-once', 'at-least-once', 'exactly-once']

/** Checks and encodes a publish before the outbox gets it, so that what waits there can be sent as it is. */
export function createOutbox(setup: OutboxSetup): Outbox {
  const { clock, protocol, missing } = setup
  const queue = createPublishQueue(setup)
  const { publish: may, ack } = protocol.capabilities
  const strongest = deliveries.indexOf(ack || 'at-most-once')
  /** Ids stay unique across clients and page loads, because servers tell repeats by them. */
  const prefix = clock.random().toString(36).slice(2, 10)
  let count = 0

  const publish: Publish = (channel, event, payload, { delivery = 'at-most-once', ttlMs, signal, coalesceKey, ...options }) => {
    if (!may) throw missing('publish')
    if (deliveries.indexOf(delivery) > strongest) throw missing(delivery)
    const id = `${prefix}-${++count}`
    const details = { channel, event, id }
    if (setup.isClosed())
      return refused(new RealtimeError('connection.closed', 'Client is closed; connect() opens it again', {}))

    const send = (value: unknown): Promise<Receipt> => {
      let encoded: Frame
      try {
        encoded = protocol.encode ? protocol.encode(value, event) : JSON.stringify(value)
      } catch (error) {
        return refused(
          RealtimeError.from(error, 'message.malformed', `Payload of ${event} cannot be encoded`, details),
        )
      }
      return queue.publish({
        id,
        key: channel,
        event,
        payload: encoded,
        delivery,
        resent: false,
        options,
        ttlMs: ttlMs ?? (isKept({ delivery }) ? Infinity : setup.ttlMs),
        coalesceKey,
        signal,
      })
    }

    const schema = setup.schema(channel, event)
    if (!schema) return send(payload)
    const judge = (checked: Checked): Promise<Receipt> =>
      checked.issues
        ? refused(new RealtimeError('message.malformed', `Payload of ${event} does not fit its schema`, { ...details, issues: checked.issues }))
        : send(payload)
    const checked = validate(schema, payload)
    return checked instanceof Promise ? checked.then(judge) : judge(checked)
  }
  return { ...queue, publish }
}

/** A rejection that is told by the promise alone: ignored, it must not end the process. */
function refused(error: RealtimeError): Promise<Receipt> {
  const promise = Promise.reject<Receipt>(error)
  promise.catch(() => {})
  return promise
}
