import { backoffDelay } from './backoff.ts'
import { type ChannelStatus, JOINING, LEFT } from './channel-status.ts'
import type { RealtimeError } from './errors.ts'
import { fault, toFault } from './fault.ts'
import type { Gap } from './gap.ts'
import { createIntents } from './intents.ts'
import { createJoins } from './joins.ts'
import type { Line } from './line-setup.ts'
import { decodeOnce } from './message.ts'
import type { Continuity, Joined, LinkEvents } from './protocol.ts'
import type { Subscription } from './subscription.ts'
import type { Subscriptions, SubscriptionsSetup } from './subscriptions-setup.ts'

type Retry = Parameters<LinkEvents['refused']>[2]

/** Keeps what is wanted apart from what the wire says, and brings the two together once per tick. */
export function createSubscriptions(setup: SubscriptionsSetup): Subscriptions {
  const { clock, trace } = setup
  const dirty = new Set<Subscription>()
  /** Left while the line was down: the peer may still have them. */
  const orphans = new Set<string>()
  let current: Line | undefined
  let next: Line | undefined
  let isAtRest = false

  const tell = (sub: Subscription, status: ChannelStatus, cause = ''): void => {
    if (status === sub.status.get()) return
    trace({ type: 'channel', channel: sub.name, state: status.state, cause })
    sub.status.set(status)
  }

  const schedule = (sub: Subscription): void => {
    if (!dirty.size) queueMicrotask(reconcile)
    dirty.add(sub)
  }

  const reconcile = (): void => {
    for (const sub of dirty) {
      dirty.delete(sub)
      if (!isWanted(sub)) leave(sub)
      else if (sub.wire === 'out') enqueue(sub)
    }
    pump()
  }

  const enqueue = (sub: Subscription): void => {
    if (!sub.source && !isAtRest) tell(sub, JOINING)
    sub.line = next ?? current
    if (sub.line) joins.add(sub)
  }

  const leave = (sub: Subscription): void => {
    const { wire } = sub
    const asked = wire === 'refused' ? sub.wasAsked && current : wire !== 'queued' && sub.line
    for (const line of new Set([asked, sub.source]))
      if (line && line.phase === 'ready') line.link.unsubscribe?.(sub.name)
    if (!current && sub.wasAsked) orphans.add(sub.name)
    sub.wasAsked = false
    off(sub)
    sub.recover = false
    sub.wasJoined = false
    sub.forgetMembers()
    tell(sub, LEFT)
    sub.release?.()
    sub.release = undefined
    tidy(sub)
  }

  /** What was heard of it, perhaps before the answer to its first join, has a place where it stopped. */
  const note = (sub: Subscription): void => {
    if (!sub.heard) return
    sub.recover = true
    sub.wasJoined = true
    sub.heard = false
  }

  /** The wire knows nothing of it any more. */
  const off = (sub: Subscription): void => {
    if (sub.wire === 'joined' || sub.heard) sub.wholeAt = clock.date()
    note(sub)
    joins.remove(sub)
    sub.line = undefined
    sub.source = undefined
  }

  const intents = createIntents(setup, () => !isAtRest, schedule)
  const { all, find, isWanted, tidy } = intents

  const refuse = (sub: Subscription, error: RealtimeError, retry: Retry): void => {
    off(sub)
    sub.wire = 'refused'
    sub.wasAsked = false
    const later =
      retry === true ? { afterMs: backoffDelay(setup.backoff, ++sub.failures, () => clock.random()) } : retry
    if (later) sub.cancelTimer = clock.after(later.afterMs, () => lose(sub))
    const retryAt = later && { retryAt: clock.date() + later.afterMs }
    tell(sub, Object.freeze({ state: 'rejected', error, ...retryAt }), error.code)
    setup.report(error)
    if (!later) {
      sub.forgetMembers()
      setup.rejected(sub.name, error)
    }
    pump()
  }

  const lose = (sub: Subscription | undefined): void => {
    if (!sub) return
    off(sub)
    schedule(sub)
  }

  const pump = (): void => {
    joins.pump(next ?? current)
    if (current && next && !joins.isBusy()) setup.moved(current, next)
  }

  const joins = createJoins(setup, pump, (sub, error) => {
    const details = { channel: sub.name }
    refuse(
      sub,
      error ? toFault(error, 'channel.rejected', details) : fault('channel.timeout', details),
      !error,
    )
    // The peer may have heard it after all, and is to be told when the channel is left.
    sub.wasAsked = !error
  })

  const gap = (sub: Subscription, continuity: Continuity, cause: Gap['cause'], resumed = false): void => {
    trace({ type: 'gap', channel: sub.name, continuity, cause })
    sub.gap(continuity, cause, resumed)
  }

  const join = (sub: Subscription, { continuity = 'unknown', resumed }: Joined): void => {
    const known = !sub.wasJoined ? 'fresh' : sub.recover ? continuity : 'unknown'
    joins.remove(sub)
    if (sub.source !== sub.line) sub.wholeAt = clock.date()
    sub.wire = 'joined'
    sub.source = sub.line
    sub.recover = true
    sub.wasJoined = true
    sub.failures = 0
    tell(sub, Object.freeze({ state: 'joined', continuity: known }))
    if (known !== 'fresh') gap(sub, known, 'reconnect', resumed)
    setup.joined()
  }

  /** The channel, when this line speaks for it. */
  const on = (line: Line, name: string): Subscription | undefined => {
    const sub = find(name)
    return sub?.line === line ? sub : undefined
  }

  /** The channel, when this line delivers it: also the older one of a handover. */
  const from = (line: Line, name: string): Subscription | undefined => {
    const sub = find(name)
    return sub?.source === line || line.ready.positions ? sub : undefined
  }

  return {
    ...intents,
    retry: (sub) => lose(sub?.wire === 'refused' ? sub : undefined),
    settled: pump,
    up(line, handover) {
      if (handover) next = line
      else current = line
      const { subscriptions, resumed } = line.ready
      const isKept = subscriptions === 'kept'
      // Who resumes may still be asked for them by somebody, as a bridge is.
      if (isKept || resumed) for (const name of orphans) line.link.unsubscribe?.(name)
      orphans.clear()
      for (const sub of all()) {
        if (!isWanted(sub)) continue
        const isRefused = sub.wire === 'refused'
        joins.remove(sub)
        note(sub)
        sub.line = line
        if (isKept && sub.recover && !isRefused) join(sub, { resumed: true })
        else enqueue(sub)
      }
      pump()
    },
    down(line) {
      if (line === current) current = next
      else if (line !== next) return
      next = undefined
      joins.reset()
      for (const sub of all()) {
        if (sub.line !== line) {
          if (sub.source !== line) continue
          // The older line of a handover is gone before the newer had joined.
          sub.source = sub.line
          tell(sub, JOINING)
        } else if (sub.source && sub.source !== line) {
          // The handover failed: the older line still has it.
          joins.remove(sub)
          sub.line = sub.source
          sub.wire = 'joined'
        } else lose(sub)
      }
      pump()
    },
    forget() {
      for (const sub of all()) {
        note(sub)
        sub.recover = false
        sub.forgetMembers()
        intents.endLinger(sub)
      }
    },
    rest() {
      isAtRest = true
      for (const sub of all()) {
        sub.cancelTimer?.()
        sub.forgetMembers()
        tell(sub, LEFT)
      }
    },
    rouse() {
      isAtRest = false
      for (const sub of all()) schedule(sub)
    },
    joined(line, name, how = {}) {
      const sub = on(line, name)
      if (sub?.wire !== 'asked') return
      join(sub, how)
      pump()
    },
    refused(line, name, error, retry) {
      const sub = on(line, name)
      if (sub) refuse(sub, error, retry)
    },
    lost: (line, name) => lose(on(line, name)),
    members: (line, name, change) => from(line, name)?.presence?.apply(change),
    gap(line, name, continuity) {
      const sub = from(line, name)
      if (!sub) return
      sub.wholeAt = clock.date()
      gap(sub, continuity, 'hole')
    },
    message(line, names, event, payload, meta, decode) {
      // Nearly always it is one channel, delivered by this line; several names find nothing here.
      const sub = find(names as string)
      if (sub?.source === line) return sub.dispatch(event, payload, meta, decode)
      const shared = decode && decodeOnce(decode)
      for (const name of [names].flat())
        from(line, name)?.dispatch(event, payload, meta && { ...meta }, shared)
    },
  }
}
