import { backoffDelay, withinReason } from './backoff.ts'
import type { ConnectionOptions, State } from './connection-state.ts'
import type { RealtimeError } from './errors.ts'
import { fault } from './fault.ts'
import { createHolds } from './holds.ts'
import { createLifecycle } from './lifecycle.ts'
import { createLine } from './line.ts'
import type { Line, LineOwner, Past } from './line-setup.ts'
import { createLive, type Live } from './live.ts'
import type { ConnectionPort, PortEvents } from './port.ts'
import type { Failure } from './protocol.ts'
import { createRenewal } from './renewal.ts'
import { createRetry } from './retry.ts'
import { firstSnapshot, type StatusSnapshot, toSnapshot } from './status.ts'
import { createStore } from './store.ts'

const idle: State = { name: 'idle' }
const paused: State = { name: 'paused' }

const toWord = (cause: string | RealtimeError): string => (typeof cause === 'string' ? cause : cause.code)

/** The state machine. `enter` alone changes the state; it leaves the old one first and tells listeners last. */
export function createConnection(options: ConnectionOptions): ConnectionPort {
  const { clock, trace, backoff, report } = options
  let state: State = idle
  let consumer: PortEvents
  let turn = 0
  let wasConnected = false
  let dialledAt = -Infinity
  let past: Past = 'settled'
  /** The line of a handover that was dialled with credentials from before the last refresh. */
  let outdated: Line | undefined
  /** A closed line that is still saying goodbye. */
  let parting: { readonly line: Line; readonly gone: Promise<void> } | undefined
  const retry = createRetry(backoff, clock)
  const renewal = createRenewal(options)
  const status = createStore(firstSnapshot(clock), report)

  const live = (): Live | undefined => (state.name === 'live' ? state : undefined)
  const isAtRest = (): boolean => state.name === 'idle' || state.name === 'closed'

  const show = (change: Partial<StatusSnapshot>): void =>
    status.set(toSnapshot(status.get(), state, wasConnected, retry.failures, clock, change))

  /** An error as the cause is shown as the last one. */
  const enter = (next: State, cause: string | RealtimeError): void => {
    const own = ++turn
    const { name, leave } = state
    state.leave = undefined
    leave?.()
    // Somebody who was told of the end of the old state has entered another one.
    if (turn !== own) return next.leave?.()
    state = next
    if (isAtRest() || next === paused) renewal.drop()
    if (isAtRest()) {
      lifecycle.stop()
      wasConnected = false
    } else lifecycle.start()
    trace({ type: 'transition', from: name, to: next.name, cause: toWord(cause) })
    show({ health: 'ok', ...(typeof cause === 'object' && { lastError: cause }) })
  }

  const isCurrent = (line: Line): boolean => live()?.line === line

  const gapLeft = (): number => dialledAt + options.minDialGapMs - clock.now()

  const owner: LineOwner = {
    dialled() {
      dialledAt = clock.now()
    },
    ready(line) {
      past = 'kept'
      const now = live()
      if (now) {
        now.after(options.handshakeMs, () => port.retire(now.line))
        return consumer.up(line, true)
      }
      // It goes on as the line of the next state.
      state.leave = undefined
      wasConnected = true
      enter(toLive(line, clock.now()), 'ready')
      if (isCurrent(line)) consumer.up(line, false)
    },
    failed(line, failure) {
      const now = live()
      if (!now) lost(failure, -1)
      else if (now.next === line) {
        now.next = undefined
        // The older line goes on, and another try follows unless that is pointless.
        const delayMs = backoffDelay(backoff, ++now.failures, () => clock.random())
        if (failure.verdict !== 'stop') dialNext(now, delayMs)
        consumer.down(line)
        report(failure.error)
      } else if (now.next?.phase === 'ready') port.retire(line)
      else if (now.next) enter(opening(now.take()), failure.error)
      else lost(failure, clock.now() - now.upAt)
    },
    show(line, change) {
      if (isCurrent(line)) show(change)
    },
    advice(line, given) {
      if ('retryAfterMs' in given) retry.advise(withinReason(given.retryAfterMs))
      else if (!isCurrent(line)) return
      else if ('drainMs' in given) handOver(withinReason(given.drainMs) * clock.random())
      else refresh()
    },
  }

  const newLine = (): Line => {
    dialledAt = clock.now()
    parting?.line.leave()
    return createLine(options, owner, consumer, past)
  }

  const opening = (line = newLine()): State => ({ name: 'opening', line, leave: () => line.leave() })

  const toLive = (line: Line, upAt: number): Live =>
    createLive(line, upAt, clock, (next) => {
      consumer.down(line)
      if (next) consumer.down(next)
      if (line !== parting?.line) line.leave()
    })

  /** After this delay and the gap between dials. */
  const dialNext = (now: Live, delayMs: number): void =>
    now.after(Math.max(delayMs, gapLeft()), () => {
      now.next = newLine()
    })

  const wait = (delayMs: number, cause: string | RealtimeError): void => {
    const ms = Math.max(delayMs, gapLeft())
    trace({ type: 'delay', delayMs: ms, cause: toWord(cause) })
    const leave = clock.after(ms, () => enter(opening(), 'retry due'), true)
    enter({ name: 'waiting', until: clock.now() + ms, leave }, cause)
  }

  /** Dials when wanted and allowed: at once, or as soon as the gap between dials is over. */
  const redial = (cause: string): void => {
    if (!holds.any) enter(idle, cause)
    else if (lifecycle.paused) enter(paused, cause)
    else if (gapLeft() > 0) wait(0, cause)
    else enter(opening(), cause)
  }

  const begin = (cause: string): void => {
    retry.reset()
    enter(lifecycle.paused ? paused : opening(), cause)
  }

  const lost = ({ verdict, error }: Failure, upMs: number): void => {
    if (verdict === 'stop') return close(error)
    if (!holds.any) return redial('unused')
    const delayMs = retry.failed(verdict, upMs, lifecycle.hidden)
    if (delayMs === undefined) close(fault('connection.gave-up', {}, error, retry.failures))
    else wait(delayMs, error)
  }

  const close = (error?: RealtimeError): void => enter({ name: 'closed', error }, error ?? 'close')

  /** `anew`: a line that is on its way already does not do. */
  const handOver = (delayMs: number, anew = false): void => {
    const before = live()
    if (anew && before?.next?.phase === 'ready') port.retire(before.line)
    const now = live()
    if (anew && now?.next) now.take().leave()
    if (now && !now.next) dialNext(now, delayMs)
  }

  /** New credentials for the connection as it is: in band, or by a handover. */
  const refresh = (): void => {
    const now = live()
    if (!now) return
    if (!now.line.link.refresh) return handOver(0, true)
    outdated = now.next
    renewal.refresh(now.line)
  }

  const wake = (cause: string): void => {
    if (state.name === 'waiting' && cause !== 'offline') redial(cause)
    else if (state.name === 'live') {
      trace({ type: 'probe', cause })
      state.line.probe(options.probeMs)
    }
  }

  const holds = createHolds(clock, options.idleCloseMs, isAtRest, () => enter(idle, 'unused'))

  const lifecycle = createLifecycle(options, {
    wake,
    pause(cause, final) {
      if (final) {
        past = 'settled'
        consumer.ended()
      }
      if (!isAtRest() && state !== paused) enter(paused, cause)
    },
    resume(cause) {
      if (state !== paused) return
      retry.reset()
      redial(cause)
    },
  })

  const port: ConnectionPort = {
    status,
    attach(events) {
      consumer = events
    },
    hold() {
      const release = holds.hold()
      if (state === idle) begin('held')
      return release
    },
    open() {
      if (state.name !== 'closed') return
      if (holds.any) begin('opened')
      else enter(idle, 'opened')
    },
    reconnectNow: () => wake('asked'),
    reauthenticate(newIdentity) {
      // A line of a handover that waits for the call that is dropped would wait for ever.
      if (live()?.next?.phase === 'credentials') handOver(0, true)
      renewal.drop()
      if (newIdentity) past = 'foreign'
      if (state.name === 'opening' || (newIdentity && live())) enter(opening(), 'reauthenticate')
      else refresh()
    },
    pause: () => lifecycle.pause('asked', false),
    resume: () => lifecycle.resume('asked'),
    retire(line) {
      const now = live()
      if (now?.line !== line || now.next?.phase !== 'ready') return
      const next = now.take()
      enter(toLive(next, now.upAt), 'handover')
      if (next === outdated) refresh()
    },
    async close() {
      const now = live()
      holds.cancel()
      if (past === 'kept') past = 'settled'
      if (now) parting = { line: now.line, gone: now.line.bye(options.probeMs) }
      if (state.name !== 'closed') close()
      await parting?.gone
    },
  }
  return port
}
