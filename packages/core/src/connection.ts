import { type Backoff, backoffDelay } from './backoff.ts'
import type { Cancel } from './clock.ts'
import { RealtimeError } from './errors.ts'
import { createLifecycle, type HiddenPolicy } from './lifecycle.ts'
import { createLine, type Line, type LineSetup } from './line.ts'
import type { Report } from './listeners.ts'
import type { ConnectionPort, PortEvents } from './port.ts'
import type { Advice, Failure } from './protocol.ts'
import { createRetry } from './retry.ts'
import type { Signals } from './signals.ts'
import { type StatusSnapshot, toStatus } from './status.ts'
import { createStore } from './store.ts'

export interface ConnectionOptions extends LineSetup {
  readonly backoff: Backoff
  readonly hidden: HiddenPolicy
  readonly signals: Signals
  readonly report: Report
  /** The least time between two dials that nobody asked for. */
  readonly minDialGapMs: number
  /** How long the connection outlives its last hold. */
  readonly idleCloseMs: number
  /** How long a peer may take to answer after a wake signal, or to a goodbye. */
  readonly probeMs: number
}

/** A state owns what lives as long as it: `leave` ends that. */
export type State =
  | { readonly name: 'idle' | 'paused'; leave: () => void }
  | { readonly name: 'opening'; readonly line: Line; leave: () => void }
  | Live
  | { readonly name: 'waiting'; readonly until: number; leave(): void }
  | { readonly name: 'closing'; readonly done: Promise<void>; leave(): void }
  | { readonly name: 'closed'; readonly error: RealtimeError | undefined; leave(): void }

interface Live {
  readonly name: 'live'
  readonly line: Line
  readonly upAt: number
  /** The line of a handover, from its dial until it takes over. */
  next: Line | undefined
  cancelHandover: Cancel
  /** Set to let the line outlive the state, for its goodbye. */
  keepLine: boolean
  leave(): void
}

const LONGEST_ADVICE_MS = 300_000
const nothing = (): void => {}
const idle: State = { name: 'idle', leave: nothing }
const paused: State = { name: 'paused', leave: nothing }
const closed: State = { name: 'closed', error: undefined, leave: nothing }

/** The state machine. `enter` alone changes the state; it leaves the old one first and tells listeners last. */
export function createConnection(options: ConnectionOptions): ConnectionPort {
  const { clock, trace, backoff } = options
  let state: State = idle
  let consumer: PortEvents
  let holds = 0
  let wasConnected = false
  let handoverFailures = 0
  let dialledAt = -Infinity
  let cancelIdleClose = nothing
  let known: Pick<StatusSnapshot, 'health' | 'rttMs' | 'lastError' | 'everConnected'> = {
    health: 'ok',
    rttMs: undefined,
    lastError: undefined,
    everConnected: false,
  }
  const retry = createRetry(backoff, clock)
  const store = createStore<StatusSnapshot>(
    { status: 'idle', attempt: 0, nextRetryAt: undefined, since: clock.date(), ...known },
    options.report,
  )

  const publish = (change: Partial<typeof known>): void => {
    known = { ...known, ...change }
    const before = store.get()
    const status = toStatus(state, wasConnected)
    const after: StatusSnapshot = {
      status,
      attempt: status === 'connected' ? 0 : retry.failures,
      nextRetryAt: state.name === 'waiting' ? clock.date() + state.until - clock.now() : undefined,
      since: status === before.status ? before.since : clock.date(),
      ...known,
    }
    const keys = Object.keys(after) as (keyof StatusSnapshot)[]
    if (keys.some((key) => !Object.is(after[key], before[key]))) store.set(Object.freeze(after))
  }

  const enter = (next: State, cause: string, change: Partial<typeof known> = {}): void => {
    state.leave()
    trace({ type: 'transition', from: state.name, to: next.name, cause })
    state = next
    if (isAtRest()) {
      lifecycle.stop()
      retry.reset()
      wasConnected = false
    } else lifecycle.start()
    publish({ health: 'ok', ...change })
  }

  const isAtRest = (): boolean => state.name === 'idle' || state.name === 'closing' || state.name === 'closed'

  const newLine = (): Line => {
    dialledAt = clock.now()
    return createLine(options, { reports: consumer, ready, failed, suspect, rtt, advice })
  }

  const opening = (line: Line): State => ({ name: 'opening', line, leave: () => line.leave(1000) })

  const live = (line: Line): Live => {
    const own: Live = {
      name: 'live',
      line,
      upAt: clock.now(),
      next: undefined,
      cancelHandover: nothing,
      keepLine: false,
      leave() {
        own.cancelHandover()
        own.next?.leave(1000)
        consumer.down(line)
        if (own.keepLine) return
        if (line.phase === 'ready') line.link.goodbye?.(0)
        line.leave(1000)
      },
    }
    return own
  }

  const wait = (delayMs: number, cause: string, error?: RealtimeError): void => {
    const ms = Math.max(delayMs, dialledAt + options.minDialGapMs - clock.now())
    trace({ type: 'delay', delayMs: ms, cause })
    const leave = clock.after(ms, () => enter(opening(newLine()), 'retry due'), true)
    enter({ name: 'waiting', until: clock.now() + ms, leave }, cause, error && { lastError: error })
  }

  /** Dials when wanted and allowed: at once, or as soon as the gap between dials is over. */
  const redial = (cause: string): void => {
    if (!holds) enter(idle, cause)
    else if (lifecycle.paused) enter(paused, cause)
    else if (clock.now() - dialledAt < options.minDialGapMs) wait(0, cause)
    else enter(opening(newLine()), cause)
  }

  const begin = (cause: string): void => enter(lifecycle.paused ? paused : opening(newLine()), cause)

  const ready = (line: Line): void => {
    if (state.name === 'live') {
      const { line: old } = state
      state.cancelHandover = clock.after(options.handshakeMs, () => port.retire(old))
      return consumer.up(line, true)
    }
    state.leave = nothing
    wasConnected = true
    enter(live(line), 'ready', { everConnected: true, lastError: undefined })
    if (isCurrent(line)) consumer.up(line, false)
  }

  const failed = (line: Line, failure: Failure): void => {
    if (state.name === 'closing') return enter(closed, 'close')
    if (state.name !== 'live') return lost(failure, -1)
    const { next } = state
    if (next === line) {
      state.next = undefined
      options.report(failure.error)
      if (failure.verdict !== 'stop') handover(backoffDelay(backoff, ++handoverFailures, () => clock.random()))
    } else if (next?.phase === 'ready') port.retire(line)
    else if (next) {
      state.next = undefined
      enter(opening(next), failure.error.code, { lastError: failure.error })
    } else lost(failure, clock.now() - state.upAt)
  }

  const lost = ({ verdict, error }: Failure, upMs: number): void => {
    if (verdict === 'stop') return fail(error)
    if (!holds) return redial('unused')
    const delayMs = retry.failed(verdict, upMs, lifecycle.hidden)
    if (delayMs !== undefined) return wait(delayMs, error.code, error)
    fail(new RealtimeError('connection.gave-up', `Gave up after ${retry.failures} failures`, {}, error))
  }

  const fail = (error: RealtimeError): void =>
    enter({ name: 'closed', error, leave: nothing }, error.code, { lastError: error })

  const isCurrent = (line: Line): boolean => state.name === 'live' && state.line === line

  const suspect = (line: Line, is: boolean): void => {
    if (isCurrent(line)) publish({ health: is ? 'suspect' : 'ok' })
  }

  const rtt = (line: Line, rttMs: number): void => {
    if (isCurrent(line)) publish({ rttMs })
  }

  const advice = (line: Line, given: Advice): void => {
    if ('retryAfterMs' in given) retry.advise(clamp(given.retryAfterMs))
    else if (!isCurrent(line)) return
    else if ('drainMs' in given) handover(clamp(given.drainMs) * clock.random())
    else port.reauthenticate(false)
  }

  /** Make before break: a second line is made ready while the first goes on delivering. */
  const handover = (delayMs: number): void => {
    if (state.name !== 'live' || state.next) return
    const own = state
    own.cancelHandover()
    own.cancelHandover = clock.after(delayMs, () => {
      own.next = newLine()
    })
  }

  const wake = (cause: string): void => {
    if (state.name === 'waiting' && cause !== 'offline') redial(cause)
    else if (state.name === 'live') {
      trace({ type: 'probe', cause })
      state.line.probe(options.probeMs)
    }
  }

  /** The line is silent already; it lives on for its goodbye, as long as a peer may take to answer one. */
  const farewell = (own: Live): Promise<void> => {
    const { line } = own
    let finish = nothing
    const over = (): void => {
      if (state === closing) enter(closed, 'close')
    }
    const cancel = clock.after(options.probeMs, over, true)
    const closing: State = {
      name: 'closing',
      done: new Promise((resolve) => {
        finish = resolve
      }),
      leave() {
        cancel()
        line.leave(1000)
        finish()
      },
    }
    own.keepLine = true
    enter(closing, 'close')
    new Promise<void>((said) => said(line.link.goodbye?.(options.probeMs))).then(over, over)
    return closing.done
  }

  const lifecycle = createLifecycle(clock, options.signals, options.hidden, {
    wake,
    pause(cause, final) {
      if (final) consumer.ended()
      if (state.name === 'live' || state.name === 'opening' || state.name === 'waiting')
        enter(paused, cause)
    },
    resume(cause) {
      if (state.name !== 'paused') return
      retry.reset()
      redial(cause)
    },
  })

  const port: ConnectionPort = {
    status: { get: store.get, subscribe: store.subscribe },
    attach(events) {
      consumer = events
    },
    hold() {
      holds++
      cancelIdleClose()
      if (state.name === 'idle') begin('held')
      let held = true
      return () => {
        if (!held) return
        held = false
        if (--holds || isAtRest()) return
        cancelIdleClose = clock.after(options.idleCloseMs, () => {
          if (!isAtRest()) enter(idle, 'unused')
        })
      }
    },
    open() {
      if (state.name !== 'closing' && state.name !== 'closed') return
      enter(idle, 'opened')
      if (holds && state === idle) begin('opened')
    },
    reconnectNow: () => wake('asked'),
    reauthenticate(newIdentity) {
      options.credentials.renew()
      options.url.renew()
      if (state.name === 'opening' || (newIdentity && state.name === 'live'))
        return enter(opening(newLine()), 'reauthenticate')
      if (state.name !== 'live') return
      const { line } = state
      if (!line.link.refresh) return handover(0)
      options.credentials.get().then((credentials) => {
        if (line.phase === 'ready') line.link.refresh?.(credentials)
      }, options.report)
    },
    pause: () => lifecycle.pause('asked', false),
    resume: () => lifecycle.resume('asked'),
    retire(line) {
      if (state.name !== 'live' || state.line !== line || state.next?.phase !== 'ready') return
      const { next } = state
      state.next = undefined
      handoverFailures = 0
      enter(live(next), 'handover')
    },
    close() {
      cancelIdleClose()
      if (state.name === 'closing') return state.done
      if (state.name === 'live') return farewell(state)
      if (state.name !== 'closed') enter(closed, 'close')
      return Promise.resolve()
    },
  }
  return port
}

/** Advice of a server is followed within reason, whatever number it sends. */
function clamp(ms: number): number {
  return ms > 0 ? Math.min(ms, LONGEST_ADVICE_MS) : 0
}
