import type { Receipt } from './api.ts'
import type { Cancel } from './clock.ts'
import type { DropReason, RealtimeError } from './errors.ts'
import { fault, toFault } from './fault.ts'
import type { Line } from './line-setup.ts'
import { type Entry, isKept, sizeOf, toDropped } from './publish-entry.ts'
import type { PublishQueue, QueueSetup } from './publish-queue-port.ts'

const POLL_MS = 50

/** Owns every publish until a link accepts it, and settles each exactly once. */
export function createPublishQueue(setup: QueueSetup): PublishQueue {
  const { clock, trace, overflow } = setup
  const queue = new Map<string, Entry>()
  const flight = new Map<string, Entry>()
  let line: Line | undefined
  /** The older line of a handover, as long as it owes answers. */
  let older: Line | undefined
  let bytes = 0
  let order = 0
  let isHeldBack = false
  let cancelPoll: Cancel = () => {}
  let drained: (() => void)[] = []

  const finish = (entry: Entry, outcome: string, tell: () => void): void => {
    const { id, key } = entry.message
    if (queue.delete(id)) bytes -= entry.bytes
    flight.delete(id)
    trace({ type: 'publish', id, channel: key, outcome })
    tell()
    if (entry.line) setup.settled()
    if (older && entry.line === older) flush()
    if (queue.size || flight.size) return
    for (const resolve of drained) resolve()
    drained = []
  }

  const succeed = (entry: Entry, outcome: 'sent' | 'acknowledged'): void =>
    finish(entry, outcome, () => entry.resolve({ id: entry.message.id, outcome }))

  const drop = (entry: Entry, reason: DropReason): void => {
    const { id } = entry.message
    finish(entry, reason, () =>
      entry.resolve({ id, outcome: 'dropped', error: toDropped(entry.message, reason) }),
    )
  }

  const unknown = (entry: Entry, code: 'publish.unknown' | 'publish.timeout'): void => {
    const { id, key: channel, event } = entry.message
    const error = fault(code, { channel, event, id })
    finish(entry, 'unknown', () => entry.resolve({ id, outcome: 'unknown', error }))
  }

  const refuse = (entry: Entry, error: RealtimeError): void =>
    finish(entry, error.code, () => entry.reject(error))

  /** Sockets of browsers do not tell when they have drained, so a full one is asked again and again. */
  const isFull = ({ bufferedBytes }: Line): boolean => {
    isHeldBack = bufferedBytes > (isHeldBack ? setup.lowWaterBytes : setup.highWaterBytes)
    cancelPoll()
    if (isHeldBack) cancelPoll = clock.after(POLL_MS, flush)
    return isHeldBack
  }

  /** What is in flight on the older line may have to be sent again, and its channel keeps its order. */
  const isBehind = (channel: string): boolean =>
    older !== undefined &&
    [...flight.values()].some((entry) => entry.line === older && entry.message.key === channel)

  /** True when the message is off our hands: taken over by a link, or refused. */
  const hand = (entry: Entry): boolean => {
    const { message } = entry
    const { id, key: channel, event } = message
    const to = line
    if (to?.phase !== 'ready' || isBehind(channel) || !setup.mayPublish(channel, to) || isFull(to))
      return false
    flight.set(id, entry)
    entry.line = to
    try {
      const taken = to.link.publish?.(message)
      if (to.phase !== 'ready' && taken !== 'pending') {
        // The socket broke under it, and nobody else has it: it was not sent.
        flight.delete(id)
        return false
      }
      if (queue.delete(id)) bytes -= entry.bytes
      if (taken === 'sent') succeed(entry, 'sent')
    } catch (error) {
      const details = { channel, event, id }
      refuse(entry, toFault(error, 'publish.refused', details))
    }
    return true
  }

  const flush = (): void => {
    for (const entry of queue.values()) if (!hand(entry) && (isHeldBack || !line)) return
  }

  const isRoom = (entry: Entry): boolean => queue.size < setup.messages && bytes + entry.bytes <= setup.bytes

  /** Takes its place among those that wait: what comes back from a lost line was there first. */
  const enqueue = (entry: Entry): void => {
    const later = [...queue.values()].filter((other) => other.order > entry.order)
    if (!queue.has(entry.message.id)) bytes += entry.bytes
    for (const each of [entry, ...later]) {
      queue.delete(each.message.id)
      queue.set(each.message.id, each)
    }
  }

  /** Makes room for a newcomer, or tells why there is none. */
  const admit = (entry: Entry): void => {
    const { key, event, coalesceKey = overflow === 'coalesce' ? '' : undefined, delivery } = entry.message
    if (delivery === 'volatile') return drop(entry, 'offline')
    for (const other of queue.values()) {
      const { message } = other
      const isSame = message.key === key && message.event === event
      if (coalesceKey !== undefined && isSame && (message.coalesceKey ?? '') === coalesceKey)
        drop(other, 'coalesced')
      else if (overflow === 'drop-oldest' && entry.bytes <= setup.bytes && !isRoom(entry))
        drop(other, 'overflow')
    }
    if (isRoom(entry)) enqueue(entry)
    else if (overflow === 'reject' || overflow === 'coalesce')
      refuse(entry, toDropped(entry.message, 'overflow'))
    else drop(entry, 'overflow')
  }

  const expire = (entry: Entry): void => {
    const { key, id } = entry.message
    if (flight.has(id)) unknown(entry, 'publish.timeout')
    // Only the socket is slow: its time does not count.
    else if (line && setup.mayPublish(key, line)) limit(entry)
    else drop(entry, 'expired')
  }

  const limit = (entry: Entry): void => {
    const { ttlMs } = entry.message
    if (ttlMs < Infinity) entry.cancelTtl = clock.after(ttlMs, () => expire(entry))
  }

  /** It does not go at once: from here on it holds what it needs, and can expire and be aborted. */
  const keep = (entry: Entry): void => {
    const { message, resolve, reject } = entry
    const { signal } = message
    const abort = (): void =>
      flight.has(message.id) ? unknown(entry, 'publish.unknown') : drop(entry, 'aborted')
    const release = setup.hold(message.key)
    // Holding may dial, and whoever hears of that may settle it.
    if (!queue.has(message.id) && !flight.has(message.id)) return release()
    const over = (): void => {
      release()
      entry.cancelTtl?.()
      signal?.removeEventListener('abort', abort)
    }
    signal?.addEventListener('abort', abort)
    limit(entry)
    entry.resolve = (receipt) => {
      over()
      resolve(receipt)
    }
    entry.reject = (error) => {
      over()
      reject(error)
    }
  }

  const resend = (entry: Entry): void => {
    entry.message = { ...entry.message, resent: true }
    entry.line = undefined
    flight.delete(entry.message.id)
    enqueue(entry)
  }

  /** Its line is gone. A resumed session goes on with it; otherwise its delivery decides. */
  const recover = (entry: Entry, next: Line): void => {
    if (next.ready.resumed) entry.line = next
    else if (isKept(entry.message)) resend(entry)
    else unknown(entry, 'publish.unknown')
  }

  return {
    publish(message) {
      return new Promise<Receipt>((resolve, reject) => {
        const { id, key, signal } = message
        const entry: Entry = {
          message,
          order: order++,
          bytes: sizeOf(message.payload),
          line: undefined,
          resolve,
          reject,
        }
        if (signal?.aborted) return drop(entry, 'aborted')
        const isBlocked = [...queue.values()].some((other) => other.message.key === key)
        const refusal = setup.refusal(key)
        if (refusal) return refuse(entry, refusal)
        if (isHeldBack || isBlocked || !hand(entry)) admit(entry)
        if (queue.has(id) || flight.has(id)) keep(entry)
      })
    },
    settle(from, id, settlement) {
      const entry = flight.get(id)
      // During a handover a resumed session answers on the newer line.
      if (!entry || (entry.line !== from && !from.ready.resumed)) return
      if (settlement === 'sent' || settlement === 'acknowledged') succeed(entry, settlement)
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
      older = line
      line = next
      for (const entry of flight.values()) if (entry.line?.phase !== 'ready') recover(entry, next)
      flush()
    },
    down(old) {
      if (old === line) {
        cancelPoll()
        isHeldBack = false
        line = older
      } else if (old !== older) return
      older = undefined
      if (!line) return
      for (const entry of flight.values()) if (entry.line === old) recover(entry, line)
      flush()
    },
    owes(on) {
      return [...flight.values()].some((entry) => entry.line === on)
    },
    clear(reason) {
      for (const entry of queue.values()) drop(entry, reason)
      for (const entry of flight.values()) unknown(entry, 'publish.unknown')
    },
    drained: () =>
      new Promise((resolve) => {
        if (queue.size || flight.size) drained.push(resolve)
        else resolve()
      }),
  }
}
