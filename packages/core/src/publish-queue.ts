import { onAbort } from './abort.ts'
import type { Cancel } from './clock.ts'
import type { DropReason, RealtimeError } from './errors.ts'
import { fault, toFault } from './fault.ts'
import type { Line } from './line-setup.ts'
import { type Ending, type Entry, isKept, sizeOf, toDetails, toDropped, toReceipt } from './publish-entry.ts'
import type { PublishQueue, QueueSetup } from './publish-queue-port.ts'

const POLL_MS = 50

/** Owns every publish until a link accepts it, and settles each exactly once. */
export function createPublishQueue(setup: QueueSetup): PublishQueue {
  const { clock, trace, overflow, port, subscriptions } = setup
  const { find } = subscriptions
  const isMembersOnly = setup.protocol.capabilities.publish === 'members'
  /** All that are not settled, in the order of their calls: what is sent again keeps its place. */
  const entries = new Map<string, Entry>()
  let line: Line | undefined
  /** The older line of a handover, as long as it owes answers. */
  let older: Line | undefined
  /** Of those that wait. */
  let count = 0
  let bytes = 0
  let isHeldBack = false
  let cancelPoll: Cancel = () => {}
  let drained: (() => void)[] = []
  /** One hold on the connection for all that are not settled. */
  let letGo: (() => void) | undefined

  /** It waits from now on, or does not any more. */
  const tally = (entry: Entry, sign: 1 | -1): void => {
    count += sign
    bytes += sign * entry.bytes
  }

  const some = (is: (entry: Entry) => boolean): boolean => [...entries.values()].some(is)

  const finish = (entry: Entry, outcome: string, how: Ending | RealtimeError) => {
    const { id, key } = entry.message
    if (entries.delete(id) && !entry.line) tally(entry, -1)
    trace({ type: 'publish', id, channel: key, outcome })
    entry.release?.()
    entry.result = how instanceof Error ? how : { id, ...how }
    entry.settle?.(entry.result)
    if (entry.line) subscriptions.settled()
    if (older && entry.line === older) flush()
    if (entries.size) return
    letGo?.()
    letGo = undefined
    for (const resolve of drained) resolve()
    drained = []
  }

  const succeed = (entry: Entry, outcome: 'sent' | 'acknowledged') => finish(entry, outcome, { outcome })

  const drop = (entry: Entry, reason: DropReason): void =>
    finish(entry, reason, { outcome: 'dropped', error: toDropped(entry.message, reason) })

  const unknown = (entry: Entry, code: 'publish.unknown' | 'publish.timeout' = 'publish.unknown'): void =>
    finish(entry, 'unknown', { outcome: 'unknown', error: fault(code, toDetails(entry.message)) })

  const refuse = (entry: Entry, error: RealtimeError): void => finish(entry, error.code, error)

  const giveUp = (entry: Entry, reason: DropReason): void =>
    entry.line ? unknown(entry) : drop(entry, reason)

  /** Members alone may publish to a joined channel; the older line of a handover serves it until it has moved. */
  const isOpen = (channel: string, to: Line): boolean => {
    const sub = find(channel)
    return !isMembersOnly || (sub?.source === to && (sub.line !== to || sub.wire === 'joined'))
  }

  /** Why a channel refuses for good, unless a user or a new connection asks again. */
  const toRefusal = (channel: string): RealtimeError | undefined => {
    const sub = isMembersOnly ? find(channel) : undefined
    const status = sub?.status.get()
    return status?.state === 'rejected' && !sub?.cancelTimer ? status.error : undefined
  }

  /** Sockets of browsers do not tell when they have drained, so a full one is asked again and again. */
  const isFull = ({ bufferedBytes }: Line): boolean => {
    isHeldBack = bufferedBytes > (isHeldBack ? setup.lowWaterBytes : setup.highWaterBytes)
    cancelPoll()
    if (isHeldBack) cancelPoll = clock.after(POLL_MS, flush)
    return isHeldBack
  }

  /** What is in flight on the older line may have to be sent again, and its channel keeps its order. */
  const isBehind = (channel: string): boolean =>
    older !== undefined && some((entry) => entry.line === older && entry.message.key === channel)

  /** True when the message is off our hands: taken over by a link, or refused. */
  const hand = (entry: Entry): boolean => {
    const { message } = entry
    const { id, key } = message
    const to = line
    if (to?.phase !== 'ready' || isBehind(key) || !isOpen(key, to) || isFull(to)) return false
    const hasWaited = entries.has(id)
    if (hasWaited) tally(entry, -1)
    entries.set(id, entry)
    entry.line = to
    try {
      const taken = to.link.publish?.(message)
      if (to.phase !== 'ready' && taken !== 'pending') {
        // The socket broke under it, and nobody else has it: it was not sent.
        entry.line = undefined
        if (hasWaited) tally(entry, 1)
        else entries.delete(id)
        return false
      }
      if (taken === 'sent') succeed(entry, 'sent')
    } catch (error) {
      refuse(entry, toFault(error, 'publish.refused', toDetails(message)))
    }
    return true
  }

  const flush = (): void => {
    for (const entry of entries.values()) if (!entry.line && !hand(entry) && (isHeldBack || !line)) return
  }

  const isRoom = (entry: Entry): boolean => count < setup.messages && bytes + entry.bytes <= setup.bytes

  /** Makes room for a newcomer, or tells why there is none. */
  const admit = (entry: Entry): void => {
    const { key, event, id, coalesceKey = overflow === 'coalesce' ? '' : undefined, delivery } = entry.message
    if (delivery === 'volatile') return drop(entry, 'offline')
    for (const other of entries.values()) {
      const { message } = other
      const isSame = message.key === key && message.event === event
      if (other.line) continue
      if (coalesceKey !== undefined && isSame && (message.coalesceKey ?? '') === coalesceKey)
        drop(other, 'coalesced')
      else if (overflow === 'drop-oldest' && entry.bytes <= setup.bytes && !isRoom(entry))
        drop(other, 'overflow')
    }
    if (isRoom(entry)) {
      entries.set(id, entry)
      tally(entry, 1)
    } else if (overflow === 'reject' || overflow === 'coalesce')
      refuse(entry, toDropped(entry.message, 'overflow'))
    else drop(entry, 'overflow')
  }

  const limit = (entry: Entry): void => {
    const { key, ttlMs } = entry.message
    if (ttlMs === Infinity) return
    entry.cancelTtl = clock.after(ttlMs, () => {
      if (entry.line) unknown(entry, 'publish.timeout')
      // Only the socket is slow: its time does not count.
      else if (line && isOpen(key, line)) limit(entry)
      else drop(entry, 'expired')
    })
  }

  /** It does not go at once: from here on it holds what it needs, and can expire and be aborted. */
  const keep = (entry: Entry): void => {
    const { key, signal } = entry.message
    const leave = isMembersOnly ? subscriptions.hold(subscriptions.use(key)) : undefined
    const unlisten = signal && onAbort(signal, () => giveUp(entry, 'aborted'))
    limit(entry)
    if (leave || unlisten || entry.cancelTtl)
      entry.release = () => {
        leave?.()
        unlisten?.()
        entry.cancelTtl?.()
      }
    if (letGo) return
    // Last: holding may dial, and whoever hears of that may settle it, or publish.
    const release = port.hold()
    if (letGo || !entries.size) release()
    else letGo = release
  }

  const begin = (entry: Entry): void => {
    const { id, key, signal } = entry.message
    const refusal = toRefusal(key)
    if (signal?.aborted) return drop(entry, 'aborted')
    if (refusal) return refuse(entry, refusal)
    const isBlocked = count > 0 && some((other) => !other.line && other.message.key === key)
    if (isHeldBack || isBlocked || !hand(entry)) admit(entry)
    if (entries.has(id)) keep(entry)
  }

  const resend = (entry: Entry): void => {
    entry.message = { ...entry.message, resent: true }
    entry.line = undefined
    tally(entry, 1)
  }

  /** Those of lost lines: a resumed session goes on with them, otherwise their delivery decides. */
  const recover = (isLost: (line: Line) => boolean, next: Line): void => {
    for (const entry of entries.values()) {
      if (!entry.line || !isLost(entry.line)) continue
      if (next.ready.resumed) entry.line = next
      else if (isKept(entry.message)) resend(entry)
      else unknown(entry)
    }
    flush()
  }

  return {
    publish(message) {
      const entry: Entry = { message, bytes: sizeOf(message.payload), line: undefined }
      begin(entry)
      return toReceipt(entry)
    },
    settle(from, id, settlement) {
      const entry = entries.get(id)
      // During a handover a resumed session answers on the newer line.
      if (!entry?.line || (entry.line !== from && !from.ready.resumed)) return
      if (settlement === 'sent' || settlement === 'acknowledged') succeed(entry, settlement)
      else if (settlement === 'unknown') unknown(entry)
      else if (settlement === 'resend') {
        resend(entry)
        flush()
      } else refuse(entry, settlement.refused)
    },
    flush,
    reject(channel, error) {
      for (const entry of entries.values())
        if (!entry.line && entry.message.key === channel) refuse(entry, error)
    },
    up(next) {
      if (line === next) return
      older = line
      line = next
      recover(({ phase }) => phase !== 'ready', next)
    },
    down(old) {
      if (old === line) {
        cancelPoll()
        isHeldBack = false
        line = older
      } else if (old !== older) return
      older = undefined
      if (line) recover((lost) => lost === old, line)
    },
    owes: (on) => some((entry) => entry.line === on),
    clear(reason) {
      for (const entry of entries.values()) giveUp(entry, reason)
    },
    drained: () =>
      new Promise((resolve) => {
        if (entries.size) drained.push(resolve)
        else resolve()
      }),
  }
}
