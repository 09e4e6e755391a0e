import type { Receipt } from './api.ts'
import type { Cancel, Clock } from './clock.ts'
import { type DropReason, RealtimeError } from './errors.ts'
import type { Line } from './line.ts'
import type { OutgoingMessage, Settlement } from './protocol.ts'
import type { TraceWriter } from './trace.ts'

export interface OutboxOptions {
  /** How many messages may wait. @default 256 */
  readonly messages?: number
  /** How many bytes may wait. @default 1048576 */
  readonly bytes?: number
  /** How long a message may wait or be unanswered, unless its delivery says otherwise. @default 30000 */
  readonly ttlMs?: number
  /**
   * What gives way when it is full: `reject` and `drop-newest` refuse the new message (as an error, as
   * a receipt), `drop-oldest` the oldest; `coalesce` first replaces one of the same channel and event.
   * @default 'reject'
   */
  readonly overflow?: 'reject' | 'drop-newest' | 'drop-oldest' | 'coalesce'
  /** Nothing is sent while more than this is waiting in the socket. @default 1048576 */
  readonly highWaterBytes?: number
  /** Sending goes on below this. @default 262144 */
  readonly lowWaterBytes?: number
}

export interface QueueSetup extends Required<Omit<OutboxOptions, 'ttlMs'>> {
  readonly clock: Clock
  readonly trace: TraceWriter
  /** Whether a message for this channel may go over this line now. */
  mayPublish(channel: string, line: Line): boolean
  /** A message that waits or is unanswered holds what it needs; the result lets go. */
  hold(channel: string): () => void
  /** A message that a line had taken over is settled. */
  settled(): void
}

export interface Outgoing extends OutgoingMessage {
  readonly ttlMs: number
  readonly coalesceKey: string | undefined
  readonly signal: AbortSignal | undefined
}

export interface PublishQueue {
  publish(message: Outgoing): Promise<Receipt>
  settle(line: Line, id: string, settlement: Settlement): void
  /** This channel can be published to now. */
  flush(): void
  /** What waits for this channel will never be sent. */
  reject(channel: string, error: RealtimeError): void
  up(line: Line): void
  down(line: Line): void
  inFlight(line: Line): number
  /** Gives up everything: what waits is dropped, what is in flight is unknown. */
  clear(reason: DropReason): void
  /** Resolves when nothing waits and nothing is in flight. */
  drained(): Promise<void>
}

interface Entry {
  message: Outgoing
  readonly order: number
  readonly bytes: number
  expiresAt: number
  line: Line | undefined
  resolve(receipt: Receipt): void
  reject(error: RealtimeError): void
}

const POLL_MS = 50

/** Owns every publish until a link accepts it, and settles each exactly once. */
export function createPublishQueue(setup: QueueSetup): PublishQueue {
  const { clock, trace } = setup
  const queue = new Map<string, Entry>()
  const flight = new Map<string, Entry>()
  let line: Line | undefined
  let bytes = 0
  let order = 0
  let held = false
  let flushing = false
  let sweepAt = Infinity
  let cancelSweep: Cancel = () => {}
  let cancelPoll: Cancel = () => {}
  let waiters: (() => void)[] = []

  const finish = (entry: Entry, outcome: string, done: () => void): void => {
    const { id, key } = entry.message
    if (queue.delete(id)) bytes -= entry.bytes
    flight.delete(id)
    trace({ type: 'publish', id, channel: key, outcome })
    done()
    if (entry.line) setup.settled()
    if (queue.size || flight.size) return
    cancelSweep()
    sweepAt = Infinity
    for (const resolve of waiters.splice(0)) resolve()
  }

  const drop = (entry: Entry, reason: DropReason): void =>
    finish(entry, reason, () => entry.resolve({ id: entry.message.id, outcome: 'dropped', error: dropped(entry.message, reason) }))

  const unknown = (entry: Entry, code: 'publish.unknown' | 'publish.timeout'): void => {
    const { id, key: channel, event } = entry.message
    const error = new RealtimeError(code, `Whether ${event} reached ${channel} is not known`, { channel, event, id })
    finish(entry, 'unknown', () => entry.resolve({ id, outcome: 'unknown', error }))
  }

  const refuse = (entry: Entry, error: RealtimeError): void => finish(entry, error.code, () => entry.reject(error))

  const isHeldBack = (): boolean => {
    if (line && line.bufferedBytes > (held ? setup.lowWaterBytes : setup.highWaterBytes)) {
      if (!held) poll()
      held = true
    } else held = false
    return held
  }

  /** Sockets of browsers do not tell when they have drained. */
  const poll = (): void => {
    cancelPoll = clock.after(POLL_MS, () => {
      if (isHeldBack()) poll()
      else flush()
    })
  }

  /** True when a link has taken the message over. */
  const hand = (entry: Entry): boolean => {
    const { message } = entry
    const own = line
    if (!own || !setup.mayPublish(message.key, own) || isHeldBack()) return false
    try {
      flight.set(message.id, entry)
      entry.line = own
      const result = own.link.publish?.(message)
      if (own.phase !== 'ready') {
        // The socket broke under it: it was not sent.
        flight.delete(message.id)
        return false
      }
      if (queue.delete(message.id)) bytes -= entry.bytes
      if (result === 'sent') settleAs(entry, 'sent')
    } catch (error) {
      const { id, key: channel, event } = message
      refuse(entry, RealtimeError.from(error, 'publish.refused', `Cannot publish ${event} to ${channel}`, { channel, event, id }))
    }
    return true
  }

  const settleAs = (entry: Entry, outcome: 'sent' | 'acknowledged'): void =>
    finish(entry, outcome, () => entry.resolve({ id: entry.message.id, outcome }))

  const flush = (): void => {
    if (flushing) return
    flushing = true
    for (const entry of queue.values()) if (line && !hand(entry) && held) break
    flushing = false
  }

  /** In the order of the first publish, also when something comes back from a lost link. */
  const enqueue = (entry: Entry): void => {
    flight.delete(entry.message.id)
    entry.line = undefined
    const later = [...queue.values()].filter((other) => other.order > entry.order)
    queue.set(entry.message.id, entry)
    bytes += entry.bytes
    for (const other of later) {
      queue.delete(other.message.id)
      queue.set(other.message.id, other)
    }
  }

  const expireAt = (entry: Entry): void => {
    entry.expiresAt = clock.now() + entry.message.ttlMs
    if (entry.expiresAt >= sweepAt) return
    cancelSweep()
    sweepAt = entry.expiresAt
    cancelSweep = clock.after(entry.message.ttlMs, sweep)
  }

  const sweep = (): void => {
    sweepAt = Infinity
    const now = clock.now()
    for (const entry of [...queue.values(), ...flight.values()]) {
      const { key, id } = entry.message
      if (entry.expiresAt > now) continue
      if (flight.has(id)) unknown(entry, 'publish.timeout')
      else if (line && setup.mayPublish(key, line)) expireAt(entry)
      else drop(entry, 'expired')
    }
    const next = Math.min(...[...queue.values(), ...flight.values()].map((entry) => entry.expiresAt))
    if (next < sweepAt) {
      sweepAt = next
      cancelSweep = clock.after(next - now, sweep)
    }
  }

  /** Makes room for the newcomer, or tells why there is none. */
  const isFull = (entry: Entry): boolean => queue.size >= setup.messages || bytes + entry.bytes > setup.bytes

  const admit = (entry: Entry): void => {
    const { key, event, coalesceKey, delivery } = entry.message
    if (delivery === 'volatile') return drop(entry, 'offline')
    if (coalesceKey !== undefined)
      for (const other of queue.values()) {
        const { message } = other
        if (message.key === key && message.event === event && message.coalesceKey === coalesceKey) drop(other, 'coalesced')
      }
    if (setup.overflow === 'drop-oldest')
      for (const other of queue.values()) if (isFull(entry) && entry.bytes <= setup.bytes) drop(other, 'overflow')
    if (!isFull(entry)) enqueue(entry)
    else if (setup.overflow === 'reject' || setup.overflow === 'coalesce') refuse(entry, dropped(entry.message, 'overflow'))
    else drop(entry, 'overflow')
  }

  const isBlocked = (key: string): boolean => {
    for (const { message } of queue.values()) if (message.key === key) return true
    return false
  }

  return {
    publish(message) {
      const receipt = new Promise<Receipt>((resolve, reject) => {
        const entry: Entry = {
          message,
          order: order++,
          bytes: sizeOf(message.payload),
          expiresAt: Infinity,
          line: undefined,
          resolve,
          reject,
        }
        if (message.signal?.aborted) return drop(entry, 'aborted')
        if (!isBlocked(message.key) && hand(entry) && !flight.has(message.id)) return
        if (!flight.has(message.id)) admit(entry)
        if (!queue.has(message.id) && !flight.has(message.id)) return
        expireAt(entry)
        const release = setup.hold(message.key)
        const abort = (): void => (flight.has(message.id) ? unknown(entry, 'publish.unknown') : drop(entry, 'aborted'))
        message.signal?.addEventListener('abort', abort)
        const over = (): void => {
          release()
          message.signal?.removeEventListener('abort', abort)
        }
        entry.resolve = (value) => {
          over()
          resolve(value)
        }
        entry.reject = (error) => {
          over()
          reject(error)
        }
      })
      // A refusal that nobody awaits is told by the trace; it must not end the process.
      receipt.catch(() => {})
      return receipt
    },
    settle(from, id, settlement) {
      const entry = flight.get(id)
      if (!entry || entry.line !== from) return
      if (settlement === 'sent' || settlement === 'acknowledged') settleAs(entry, settlement)
      else if (settlement === 'unknown') unknown(entry, 'publish.unknown')
      else if (settlement === 'resend') {
        resend(entry)
        flush()
      } else refuse(entry, settlement.refused)
    },
    flush,
    reject(channel, error) {
      for (const entry of queue.values()) if (entry.message.key === channel) refuse(entry, error)
    },
    up(next) {
      if (line === next) return
      line = next
      cancelPoll()
      held = false
      for (const entry of flight.values()) if (entry.line?.phase !== 'ready') recover(entry, next)
      flush()
    },
    down(old) {
      if (line === old) {
        line = undefined
        cancelPoll()
      } else if (line) {
        for (const entry of flight.values()) if (entry.line === old) recover(entry, line)
        flush()
      }
    },
    inFlight(on) {
      let count = 0
      for (const entry of flight.values()) if (entry.line === on) count++
      return count
    },
    clear(reason) {
      for (const entry of flight.values()) unknown(entry, 'publish.unknown')
      for (const entry of queue.values()) drop(entry, reason)
    },
    drained: () =>
      new Promise((resolve) => {
        if (queue.size || flight.size) waiters.push(resolve)
        else resolve()
      }),
  }

  /** Its line is gone. A resumed session goes on with it; otherwise its delivery decides. */
  function recover(entry: Entry, next: Line): void {
    if (next.ready.resumed) entry.line = next
    else if (isResendable(entry)) resend(entry)
    else unknown(entry, 'publish.unknown')
  }

  function resend(entry: Entry): void {
    entry.message = { ...entry.message, resent: true }
    enqueue(entry)
  }
}

const isResendable = ({ message: { delivery } }: Entry): boolean =>
  delivery === 'at-least-once' || delivery === 'exactly-once'

const dropped = ({ key: channel, event, id }: Outgoing, reason: DropReason): RealtimeError<'publish.dropped'> =>
  new RealtimeError('publish.dropped', `${event} to ${channel} was dropped: ${reason}`, { channel, event, id, reason })

function sizeOf(payload: string | Uint8Array): number {
  let bytes = payload.length
  if (typeof payload === 'string') for (const char of payload) if (char > '\x7f') bytes += char > '\u07ff' ? 2 : 1
  return bytes
}
