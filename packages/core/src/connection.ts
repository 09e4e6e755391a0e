import { withinReason } from './backoff.ts'
import type { ConnectionOptions, State } from './connection-state.ts'
import type { RealtimeError } from './errors.ts'
import { fault } from './fault.ts'
import { createHandover } from './handover.ts'
import { createHolds } from './holds.ts'
import { createLifecycle } from './lifecycle.ts'
import { createLine } from './line.ts'
import type { Line, Past } from './line-setup.ts'
import type { ConnectionPort, PortEvents } from './port.ts'
import type { Advice, Failure } from './protocol.ts'
import { createRenewal } from './renewal.ts'
import { createRetry } from './retry.ts'
import { createStatus, type StatusSnapshot } from './status.ts'

const nothing = (): void => {}
const idle: State = { name: 'idle', leave: nothing }
const paused: State = { name: 'paused', leave: nothing }
const closed: State = { name: 'closed', error: undefined, leave: nothing }

/** The state machine. `enter` alone changes the state; it leaves the old one first and tells listeners last. */
export function createConnection(options: ConnectionOptions): ConnectionPort {
  const { clock, trace, backoff } = options
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
  const renewal = createRenewal(options.url, options.credentials, options.report)
  const status = createStatus(clock, options.report)

  const show = (change: Partial<StatusSnapshot>): void =>
    status.show(state, wasConnected, retry.failures, change)

  const enter = (next: State, cause: string, change: Partial<StatusSnapshot> = {}): void => {
    const own = ++turn
    const { name, leave } = state
    state.leave = nothing
    leave()
    // Somebody who was told of the end of the old state has entered another one.
    if (turn !== own) return next.leave()
    state = next
    if (isAtRest() || next === paused) renewal.drop()
    if (isAtRest()) {
      lifecycle.stop()
      wasConnected = false
    } else lifecycle.start()
    trace({ type: 'transition', from: name, to: next.name, cause })
    if (turn === own) show({ health: 'ok', ...change })
  }

  const isAtRest = (): boolean => state.name === 'idle' || state.name === 'closed'

  const newLine = (): Line => {
    dialledAt = clock.now()
    parting?.line.leave()
    return createLine(options, { reports: consumer, dialled, ready, failed, suspect, rtt, advice }, past)
  }

  const dialled = (): void => {
    dialledAt = clock.now()
  }

  const gapLeft = (): number => dialledAt + options.minDialGapMs - clock.now()

  const opening = (line: Line): State => ({ name: 'opening', line, leave: () => line.leave() })

  const live = (line: Line, upAt: number): State => {
    const handover = createHandover(clock, backoff, gapLeft, newLine)
    return {
      name: 'live',
      line,
      upAt,
      handover,
      leave() {
        const { next } = handover
        handover.leave()
        consumer.down(line)
        if (next) consumer.down(next)
        if (line !== parting?.line) line.leave()
      },
    }
  }

  const wait = (delayMs: number, cause: string, error?: RealtimeError): void => {
    const ms = Math.max(delayMs, gapLeft())
    trace({ type: 'delay', delayMs: ms, cause })
    const leave = clock.after(ms, () => enter(opening(newLine()), 'retry due'), true)
    enter({ name: 'waiting', until: clock.now() + ms, leave }, cause, error && { lastError: error })
  }

  /** Dials when wanted and allowed: at once, or as soon as the gap between dials is over. */
  const redial = (cause: string): void => {
    if (!holds.any) enter(idle, cause)
    else if (lifecycle.paused) enter(paused, cause)
    else if (gapLeft() > 0) wait(0, cause)
    else enter(opening(newLine()), cause)
  }

  const begin = (cause: string): void => {
    retry.reset()
    enter(lifecycle.paused ? paused : opening(newLine()), cause)
  }

  const ready = (line: Line): void => {
    past = 'kept'
    if (state.name === 'live') {
      const { line: old, handover } = state
      handover.ready(options.handshakeMs, () => port.retire(old))
      return consumer.up(line, true)
    }
    // It goes on as the line of the next state.
    state.leave = nothing
    wasConnected = true
    enter(live(line, clock.now()), 'ready', { everConnected: true, lastError: undefined })
    if (isCurrent(line)) consumer.up(line, false)
  }

  const failed = (line: Line, failure: Failure): void => {
    if (state.name !== 'live') return lost(failure, -1)
    const { handover, upAt } = state
    if (handover.next === line) {
      handover.failed(failure)
      consumer.down(line)
      options.report(failure.error)
    } else if (handover.next?.phase === 'ready') port.retire(line)
    else {
      const next = handover.take()
      if (next) enter(opening(next), failure.error.code, { lastError: failure.error })
      else lost(failure, clock.now() - upAt)
    }
  }

  const lost = ({ verdict, error }: Failure, upMs: number): void => {
    if (verdict === 'stop') return fail(error)
    if (!holds.any) return redial('unused')
    const delayMs = retry.failed(verdict, upMs, lifecycle.hidden)
    if (delayMs !== undefined) return wait(delayMs, error.code, error)
    fail(fault('connection.gave-up', {}, error, retry.failures))
  }

  const fail = (error: RealtimeError): void =>
    enter({ name: 'closed', error, leave: nothing }, error.code, { lastError: error })

  const isCurrent = (line: Line): boolean => state.name === 'live' && state.line === line

  const suspect = (line: Line, is: boolean): void => {
    if (isCurrent(line)) show({ health: is ? 'suspect' : 'ok' })
  }

  const rtt = (line: Line, rttMs: number): void => {
    if (isCurrent(line)) show({ rttMs })
  }

  const advice = (line: Line, given: Advice): void => {
    if ('retryAfterMs' in given) retry.advise(withinReason(given.retryAfterMs))
    else if (!isCurrent(line)) return
    else if ('drainMs' in given) handOver(withinReason(given.drainMs) * clock.random())
    else refresh()
  }

  /** `anew`: a line that is on its way already does not do. */
  const handOver = (delayMs: number, anew = false): void => {
    if (anew && state.name === 'live' && state.handover.next?.phase === 'ready') port.retire(state.line)
    if (state.name !== 'live') return
    if (anew) state.handover.take()?.leave()
    state.handover.start(delayMs)
  }

  /** New credentials for the connection as it is: in band, or by a handover. */
  const refresh = (): void => {
    if (state.name !== 'live') return
    const { line, handover } = state
    if (!line.link.refresh) return handOver(0, true)
    outdated = handover.next
    renewal.refresh(line)
  }

  const wake = (cause: string): void => {
    if (state.name === 'waiting' && cause !== 'offline') redial(cause)
    else if (state.name === 'live') {
      trace({ type: 'probe', cause })
      state.line.probe(options.probeMs)
    }
  }

  const holds = createHolds(clock, options.idleCloseMs, isAtRest, () => enter(idle, 'unused'))

  const lifecycle = createLifecycle(clock, options.signals, options.hidden, {
    signal: (signal) => trace({ type: 'signal', signal }),
    wake,
    pause(cause, final) {
      if (final) {
        past = 'settled'
        consumer.ended()
      }
      if (state.name === 'live' || state.name === 'opening' || state.name === 'waiting') enter(paused, cause)
    },
    resume(cause) {
      if (state.name !== 'paused') return
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
      if (state.name === 'idle') begin('held')
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
      if (state.name === 'live' && state.handover.next?.phase === 'credentials') handOver(0, true)
      renewal.drop()
      if (newIdentity) past = 'foreign'
      if (state.name === 'opening' || (newIdentity && state.name === 'live'))
        enter(opening(newLine()), 'reauthenticate')
      else refresh()
    },
    pause: () => lifecycle.pause('asked', false),
    resume: () => lifecycle.resume('asked'),
    retire(line) {
      if (state.name !== 'live' || state.line !== line || state.handover.next?.phase !== 'ready') return
      const next = state.handover.take() as Line
      enter(live(next, state.upAt), 'handover')
      if (next === outdated) refresh()
    },
    async close() {
      holds.cancel()
      if (past === 'kept') past = 'settled'
      if (state.name === 'live') {
        const { line } = state
        parting = { line, gone: line.bye(options.probeMs) }
      }
      if (state.name !== 'closed') enter(closed, 'close')
      await parting?.gone
    },
  }
  return port
}
