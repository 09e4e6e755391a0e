import { type Backoff, backoffDelay } from './backoff.ts'
import type { Cancel, Clock } from './clock.ts'
import { RealtimeError } from './errors.ts'
import type { Line, LineReports } from './line.ts'
import type { ConnectionPort } from './port.ts'
import type { Decode, Joined } from './protocol.ts'
import { JOINING, LEFT, Subscription, type SubscriptionSetup } from './subscription.ts'
import type { TraceWriter } from './trace.ts'

export interface SubscribeOptions {
  /** How many joins may be unanswered at once, unless the protocol sends them as one. @default 20 */
  readonly inFlight?: number
  /** At most this many joins in this time, where the server limits them. */
  readonly rate?: { readonly count: number; readonly perMs: number }
  /** How long the server may take to answer a join. @default 10000 */
  readonly joinMs?: number
  /** How long a channel stays joined after its last listener. @default 1000 */
  readonly lingerMs?: number
}

export interface SubscriptionsSetup extends SubscriptionSetup, Required<Omit<SubscribeOptions, 'rate'>> {
  readonly rate: SubscribeOptions['rate']
  readonly clock: Clock
  readonly trace: TraceWriter
  readonly backoff: Backoff
  readonly port: ConnectionPort
  joined(name: string): void
  rejected(name: string, error: RealtimeError): void
  /** Every channel has moved to the line of a handover. */
  moved(from: Line, to: Line): void
}

export interface Subscriptions
  extends Pick<LineReports, 'joined' | 'refused' | 'members' | 'message' | 'gap'> {
  /** The shared state of a channel, made when first needed. */
  use(name: string): Subscription
  find(name: string): Subscription | undefined
  /** Wants the channel until released; it lingers unless released with `now`. */
  hold(name: string): (now?: boolean) => void
  /** Keeps its shared state alive without wanting it joined. */
  watch(name: string): () => void
  retry(name: string): void
  /** Something that kept the older line of a handover may be gone. */
  settled(): void
  isJoined(name: string, line: Line): boolean
  up(line: Line, handover: boolean): void
  down(line: Line): void
  /** Ends all lingers; whoever joins next starts fresh. */
  forget(): void
  /** Says `left` everywhere: no connection is wanted any more. */
  rest(): void
  /** Says `joining` again wherever a channel is wanted. */
  rouse(): void
}

/** Keeps what is wanted apart from what the wire says, and brings the two together once per tick. */
export function createSubscriptions(setup: SubscriptionsSetup): Subscriptions {
  const { clock, trace, port, rate } = setup
  const table = new Map<string, Subscription>()
  const dirty = new Set<Subscription>()
  const queue = new Set<Subscription>()
  /** In the order they were asked, so the first is the next to time out. */
  const asked = new Set<Subscription>()
  /** Left while the line was down: the peer may still have them. */
  const orphans = new Set<string>()
  let current: Line | undefined
  let next: Line | undefined
  let pumping = false
  let cancelSweep: Cancel | undefined
  let cancelPace: Cancel | undefined
  let sentAt: number[] = []

  const isWanted = (sub: Subscription): boolean => sub.holds > 0 || sub.cancelLinger !== undefined

  const tell = (sub: Subscription, status: ReturnType<Subscription['status']['get']>, cause = ''): void => {
    trace({ type: 'channel', channel: sub.name, state: status.state, cause })
    sub.status.set(status)
  }

  const schedule = (sub: Subscription): void => {
    if (dirty.size === 0) queueMicrotask(reconcile)
    dirty.add(sub)
  }

  const reconcile = (): void => {
    for (const sub of dirty) {
      dirty.delete(sub)
      if (isWanted(sub)) {
        if (sub.wire === 'out') enqueue(sub)
      } else leave(sub)
    }
    pump()
  }

  const enqueue = (sub: Subscription): void => {
    const line = next ?? current
    if (!sub.source) tell(sub, JOINING)
    if (!line) return
    sub.wire = 'queued'
    sub.line = line
    queue.add(sub)
  }

  const leave = (sub: Subscription): void => {
    if (sub.wire === 'asked' || sub.wire === 'joined')
      for (const line of new Set([sub.line, sub.source])) if (line?.phase === 'ready') line.link.unsubscribe?.(sub.name)
    if (!current && sub.recover) orphans.add(sub.name)
    sub.recover = false
    off(sub)
    sub.cancelRetry?.()
    tell(sub, LEFT)
    sub.release?.()
    sub.release = undefined
    tidy(sub)
  }

  /** The wire knows nothing of it any more. */
  const off = (sub: Subscription): void => {
    if (sub.wire === 'joined') sub.wholeAt = clock.date()
    sub.wire = 'out'
    sub.line = undefined
    sub.source = undefined
    queue.delete(sub)
    asked.delete(sub)
  }

  const tidy = (sub: Subscription): void => {
    if (!isWanted(sub) && !sub.watchers && sub.wire === 'out') table.delete(sub.name)
  }

  /** Sends queued joins, the important ones first, as many as the peer takes. */
  const pump = (): void => {
    if (pumping) return
    pumping = true
    for (let batch = take(); batch; batch = take()) {
      const [{ line }] = batch as [Subscription]
      const requests = batch.map(({ name: key, recover, options }) => ({ key, recover, options }))
      if (line?.phase === 'ready') line.link.subscribe(requests)
    }
    pumping = false
    sweep()
    checkMoved()
  }

  const take = (): Subscription[] | undefined => {
    if (!queue.size) return
    const line = (next ?? current) as Line
    let room = (line.ready.limits?.joins ?? setup.inFlight) - asked.size
    if (rate) room = Math.min(room, allowance(rate))
    if (room < 1) return
    const batch = [...queue].sort((a, b) => b.priority - a.priority).slice(0, room)
    const now = clock.now()
    for (const sub of batch) {
      queue.delete(sub)
      asked.add(sub)
      sub.wire = 'asked'
      sub.askedAt = now
      sub.source ??= line
      if (rate) sentAt.push(now)
    }
    return batch
  }

  const allowance = ({ count, perMs }: { readonly count: number; readonly perMs: number }): number => {
    const now = clock.now()
    sentAt = sentAt.filter((at) => at > now - perMs)
    const [oldest] = sentAt
    if (sentAt.length >= count && oldest !== undefined)
      cancelPace ??= clock.after(oldest + perMs - now, () => {
        cancelPace = undefined
        pump()
      })
    return count - sentAt.length
  }

  /** One timer for the oldest unanswered join. */
  const sweep = (): void => {
    const [oldest] = asked
    if (!oldest) {
      cancelSweep?.()
      cancelSweep = undefined
      return
    }
    cancelSweep ??= clock.after(Math.max(0, oldest.askedAt + setup.joinMs - clock.now()), () => {
      cancelSweep = undefined
      for (const sub of asked) {
        if (sub.askedAt + setup.joinMs > clock.now()) break
        const details = { channel: sub.name }
        const error = new RealtimeError('channel.timeout', `No answer to joining ${sub.name}`, details)
        refuse(sub, error, true)
      }
      pump()
    })
  }

  const checkMoved = (): void => {
    if (!current || !next || queue.size || asked.size) return
    setup.moved(current, next)
  }

  const joined = (sub: Subscription, { continuity = 'unknown' }: Joined): void => {
    const wasJoined = sub.recover
    if (sub.source !== sub.line) sub.wholeAt = clock.date()
    asked.delete(sub)
    queue.delete(sub)
    sub.wire = 'joined'
    sub.source = sub.line
    sub.recover = true
    sub.failures = 0
    tell(sub, Object.freeze({ state: 'joined', continuity: wasJoined ? continuity : 'fresh' }))
    if (wasJoined) {
      trace({ type: 'gap', channel: sub.name, continuity })
      sub.gap(continuity, 'reconnect')
    }
    setup.joined(sub.name)
  }

  const refuse = (sub: Subscription, error: RealtimeError, retry: boolean | { readonly afterMs: number }): void => {
    off(sub)
    sub.wire = 'refused'
    tell(sub, Object.freeze({ state: 'rejected', error }), error.code)
    setup.report(error)
    if (!retry) return setup.rejected(sub.name, error)
    const wait = retry === true ? backoffDelay(setup.backoff, ++sub.failures, () => clock.random()) : retry.afterMs
    sub.cancelRetry = clock.after(wait, () => again(sub))
  }

  const again = (sub: Subscription): void => {
    sub.cancelRetry?.()
    sub.cancelRetry = undefined
    if (sub.wire !== 'refused') return
    sub.wire = 'out'
    schedule(sub)
  }

  const on = (line: Line, name: string, use: (sub: Subscription) => void): void => {
    const sub = table.get(name)
    if (sub?.line === line) use(sub)
  }

  const use = (name: string): Subscription => {
    let sub = table.get(name)
    if (!sub) {
      sub = new Subscription(name, setup)
      table.set(name, sub)
    }
    return sub
  }

  const deliver: LineReports['message'] extends (line: Line, keys: never, ...rest: infer R) => void
    ? (line: Line, key: string, ...rest: R) => void
    : never = (line, key, event, payload, meta, decode) => {
    const sub = table.get(key)
    if (sub && (sub.source === line || (sub.line === line && line.ready.positions)))
      sub.dispatch(event, payload, meta, decode)
  }

  return {
    use,
    find: (name) => table.get(name),
    hold(name) {
      const sub = use(name)
      sub.cancelLinger?.()
      sub.cancelLinger = undefined
      sub.release ??= port.hold()
      if (!sub.holds++) schedule(sub)
      let held = true
      return (now) => {
        if (!held) return
        held = false
        if (--sub.holds) return
        const done = (): void => {
          sub.cancelLinger?.()
          sub.cancelLinger = undefined
          schedule(sub)
        }
        if (now) done()
        else sub.cancelLinger = clock.after(setup.lingerMs, done)
      }
    },
    watch(name) {
      const sub = use(name)
      sub.watchers++
      return () => {
        sub.watchers--
        tidy(sub)
      }
    },
    retry(name) {
      const sub = table.get(name)
      if (sub) again(sub)
    },
    settled: checkMoved,
    isJoined: (name, line) => {
      const sub = table.get(name)
      return sub?.wire === 'joined' && sub.line === line
    },
    up(line, handover) {
      if (handover) next = line
      else current = line
      const kept = line.ready.subscriptions === 'kept'
      if (kept) for (const name of orphans) line.link.unsubscribe?.(name)
      orphans.clear()
      for (const sub of table.values()) {
        if (!isWanted(sub)) continue
        sub.cancelRetry?.()
        queue.delete(sub)
        asked.delete(sub)
        sub.line = line
        if (kept && sub.recover) joined(sub, {})
        else enqueue(sub)
      }
      pump()
    },
    down(line) {
      if (line === next) next = undefined
      if (line === current) {
        current = next
        next = undefined
      }
      cancelPace?.()
      cancelPace = undefined
      for (const sub of table.values()) {
        if (sub.line === line && sub.source && sub.source !== line) {
          // The handover failed: the older line still has it.
          queue.delete(sub)
          asked.delete(sub)
          sub.line = sub.source
          sub.wire = 'joined'
        } else if (sub.line === line) {
          off(sub)
          if (isWanted(sub) && sub.status.get().state === 'joined') tell(sub, JOINING)
        } else if (sub.source === line) {
          sub.source = sub.line
          tell(sub, JOINING)
        }
      }
      pump()
    },
    forget() {
      for (const sub of table.values()) {
        sub.recover = false
        if (sub.holds || !sub.cancelLinger) continue
        sub.cancelLinger()
        sub.cancelLinger = undefined
        schedule(sub)
      }
    },
    rest() {
      for (const sub of table.values()) {
        sub.cancelRetry?.()
        if (sub.status.get().state !== 'left') tell(sub, LEFT)
      }
    },
    rouse() {
      for (const sub of table.values()) if (isWanted(sub)) schedule(sub)
    },
    joined: (line, name, how = {}) =>
      on(line, name, (sub) => {
        if (sub.wire !== 'asked') return
        joined(sub, how)
        pump()
      }),
    refused: (line, name, error, retry = false) =>
      on(line, name, (sub) => {
        refuse(sub, error, retry)
        pump()
      }),
    members: (_line, name, change) => table.get(name)?.presence?.apply(change),
    gap: (line, name, continuity) =>
      on(line, name, (sub) => {
        trace({ type: 'gap', channel: name, continuity })
        sub.wholeAt = clock.date()
        sub.gap(continuity, 'hole')
      }),
    message(line, keys, event, payload, meta, decode) {
      if (typeof keys === 'string') return deliver(line, keys, event, payload, meta, decode)
      const shared = decode && once(decode)
      for (const key of keys) deliver(line, key, event, payload, meta && { ...meta }, shared)
    },
  }
}

/** One wire message may match several channels, and is still decoded once. */
function once(decode: Decode): Decode {
  let value: { readonly of: unknown } | undefined
  return (payload) => {
    value ??= { of: decode(payload) }
    return value.of
  }
}
