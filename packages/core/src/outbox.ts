import type { PublishOptions, Receipt } from './api.ts'
import type { DropReason, RealtimeError } from './errors.ts'
import { fault, toFault } from './fault.ts'
import type { Report } from './listeners.ts'
import { numbers } from './options.ts'
import type { Delivery, Protocol } from './protocol.ts'
import { isKept, type Outgoing, toDropped, toPromise } from './publish-entry.ts'
import { createPublishQueue } from './publish-queue.ts'
import type { PublishQueue, QueueSetup } from './publish-queue-port.ts'
import type { Frame } from './transport.ts'
import { type Checked, type Schema, validate } from './validate.ts'

export interface OutboxSetup extends QueueSetup {
  readonly protocol: Protocol
  readonly ttlMs: number
  readonly isClosed: () => boolean
  readonly report: Report
  readonly schema: (channel: string, event: string) => Schema | undefined
  readonly missing: (capability: string) => RealtimeError
}

export interface Outbox extends Omit<PublishQueue, 'publish'> {
  readonly publish: Publish
}

export type Publish = (
  channel: string,
  event: string,
  payload: unknown,
  options: PublishOptions,
) => Promise<Receipt>

const deliveries: readonly Delivery[] = ['volatile', 'at-most-once', 'at-least-once', 'exactly-once']

const VALID: Checked = { value: undefined }

/**
 * Checks and encodes a publish before it is queued, so that what waits can be sent as it is. A protocol that keeps
 * publishes beyond this process brings a queue that does so.
 */
export function createOutbox(setup: OutboxSetup, queue: PublishQueue = createPublishQueue(setup)): Outbox {
  const { clock, protocol, missing } = setup
  const { publish: may, ack } = protocol.capabilities
  const strongest = deliveries.indexOf(ack || 'at-most-once')
  /** Ids stay unique across clients and page loads, because servers tell repeats by them. */
  const prefix = clock.date().toString(36) + clock.random().toString(36).slice(2)
  let count = 0
  /** Schemas that take their time: whoever publishes meanwhile waits for its turn. */
  let turn: Promise<unknown> | undefined
  let era = newEra()

  const encode = (value: unknown, event: string, channel: string): Frame => {
    const encoded: unknown = protocol.encode ? protocol.encode(value, event, channel) : JSON.stringify(value)
    if (typeof encoded === 'string' || encoded instanceof Uint8Array) return encoded
    throw new TypeError(`It has no encoding: ${typeof value}`)
  }

  const publish: Publish = (channel, event, payload, options) => {
    const { delivery = 'at-most-once', ttlMs, signal, coalesceKey, ...own } = options
    if (!may) throw missing('publish')
    if (ttlMs !== undefined) numbers('publish', { ttlMs })
    if (deliveries.indexOf(delivery) > strongest) throw missing(delivery)
    const id = `${prefix}-${++count}`

    const toMessage = ({ issues }: Checked): Outgoing => {
      const details = { channel, event, id }
      if (setup.isClosed()) throw fault('connection.closed', {}, undefined, id)
      if (issues)
        throw fault('message.malformed', { ...details, issues }, undefined, 'does not fit its schema', id)
      try {
        return {
          id,
          key: channel,
          event,
          payload: encode(payload, event, channel),
          delivery,
          resent: false,
          options: own,
          ttlMs: ttlMs ?? (isKept({ delivery }) ? Infinity : setup.ttlMs),
          coalesceKey,
          signal,
        }
      } catch (error) {
        throw toFault(error, 'message.malformed', details, 'cannot be encoded', id)
      }
    }

    const send = (checked: Checked, over?: DropReason): Promise<Receipt> => {
      try {
        const message = toMessage(checked)
        return over
          ? toPromise({ id, outcome: 'dropped', error: toDropped(message, over) })
          : queue.publish(message)
      } catch (error) {
        setup.trace({ type: 'publish', id, channel, outcome: (error as RealtimeError).code })
        return toPromise(error as RealtimeError)
      }
    }

    const schema = setup.schema(channel, event)
    const checked = schema ? validate(schema, payload) : VALID
    if (!turn && !(checked instanceof Promise)) return send(checked)
    const mine = Promise.all([checked, turn])
    turn = mine
    const receipt = Promise.race([mine, era.ended]).then((result) => {
      if (turn === mine) turn = undefined
      return typeof result === 'string' ? send(VALID, result) : send(result[0])
    })
    receipt.catch(() => {})
    return receipt
  }

  return {
    ...queue,
    publish,
    clear(reason) {
      era.end(reason)
      era = newEra()
      turn = undefined
      queue.clear(reason)
    },
  }
}

interface Era {
  readonly ended: Promise<DropReason>
  end(reason: DropReason): void
}

/** The time until everything is given up; a schema that never answers holds nobody longer than that. */
function newEra(): Era {
  let end: Era['end'] = () => {}
  const ended = new Promise<DropReason>((resolve) => {
    end = resolve
  })
  return { ended, end }
}
