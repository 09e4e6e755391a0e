import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Clock } from './clock.ts'
import { browserSignals, type Signal } from './signals.ts'

afterEach(() => vi.unstubAllGlobals())

/** A clock whose timers and wall clock are moved apart by hand, as sleep does. */
function handClock() {
  let date = 0
  let timers: { at: number; run: () => void }[] = []
  let now = 0
  const clock: Clock = {
    now: () => now,
    date: () => date,
    random: () => 0,
    after(ms, run) {
      const timer = { at: now + ms, run }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
  }
  const run = (ms: number): void => {
    const end = now + ms
    for (;;) {
      const next = timers.find(({ at }) => at <= end)
      if (!next) break
      date += next.at - now
      now = next.at
      timers = timers.filter((timer) => timer !== next)
      next.run()
    }
    date += end - now
    now = end
  }
  const jump = (ms: number): void => {
    date += ms
  }
  return { clock, run, jump, pending: () => timers.length }
}

function target() {
  const heard = new Map<string, Set<(event: { type: string }) => void>>()
  return {
    heard,
    count: () => [...heard.values()].reduce((sum, { size }) => sum + size, 0),
    addEventListener(type: string, listener: (event: { type: string }) => void) {
      heard.set(type, (heard.get(type) ?? new Set()).add(listener))
    },
    removeEventListener: (type: string, listener: (event: { type: string }) => void) =>
      heard.get(type)?.delete(listener),
    fire(type: string) {
      for (const listener of heard.get(type) ?? []) listener({ type })
    },
  }
}

function setup(kind: 'page' | 'worker' = 'page') {
  const page = target()
  const document = { ...target(), visibilityState: 'visible' }
  vi.stubGlobal('navigator', { onLine: true })
  vi.stubGlobal('addEventListener', page.addEventListener)
  vi.stubGlobal('removeEventListener', page.removeEventListener)
  if (kind === 'page') vi.stubGlobal('document', document)
  const hand = handClock()
  const signals = browserSignals(hand.clock)
  const log: Signal[] = []
  const stop = signals.subscribe((signal) => log.push(signal))
  return { ...hand, signals, log, stop, page, document }
}

describe('browserSignals', () => {
  it('tells every event of the page by its own name', () => {
    const { log, page, document } = setup()
    for (const type of ['online', 'offline', 'pagehide', 'pageshow']) page.fire(type)
    for (const type of ['freeze', 'resume']) document.fire(type)
    expect(log).toEqual(['online', 'offline', 'pagehide', 'pageshow', 'freeze', 'resume'])
  })

  it('tells a change of visibility as what it became', () => {
    const { log, signals, document } = setup()
    document.visibilityState = 'hidden'
    document.fire('visibilitychange')
    expect(signals.hidden()).toBe(true)
    document.visibilityState = 'visible'
    document.fire('visibilitychange')
    expect([log, signals.hidden()]).toEqual([['hidden', 'visible'], false])
  })

  it('works in a worker, which has no document', () => {
    const { log, page, signals } = setup('worker')
    page.fire('offline')
    page.fire('online')
    expect([log, signals.hidden()]).toEqual([['offline', 'online'], false])
  })

  it('leaves no listener and no timer behind', () => {
    const { stop, page, document, pending } = setup()
    expect([page.count(), document.count(), pending()]).toEqual([4, 3, 1])
    stop()
    expect([page.count(), document.count(), pending()]).toEqual([0, 0, 0])
  })

  it('tells wake when the wall clock went on without the timers', () => {
    const { log, run, jump } = setup()
    run(60_000)
    jump(5001)
    run(2000)
    expect(log).toEqual(['wake'])
    run(60_000)
    expect(log).toEqual(['wake'])
  })

  it('takes a timer up to 5 s late for late', () => {
    const { log, run, jump } = setup()
    jump(5000)
    run(10_000)
    expect(log).toEqual([])
  })

  it('ignores a wall clock that is set back', () => {
    const { log, run, jump } = setup()
    jump(-3_600_000)
    run(60_000)
    expect(log).toEqual([])
  })

  it('stays silent about late timers of a hidden page, also once it is visible', () => {
    const { log, run, jump, document } = setup()
    document.visibilityState = 'hidden'
    for (let minute = 0; minute < 30; minute++) {
      jump(58_000)
      run(2000)
    }
    jump(58_000)
    document.visibilityState = 'visible'
    document.fire('visibilitychange')
    run(60_000)
    expect(log).toEqual(['visible'])
  })

  it('can be stopped from inside a wake', () => {
    const { run, jump, clock, pending, stop } = setup()
    const stopInside = browserSignals(clock).subscribe(() => stopInside())
    stop()
    jump(10_000)
    run(2000)
    expect(pending()).toBe(0)
  })

  it('is inert in a server runtime, even one with addEventListener', () => {
    const page = target()
    vi.stubGlobal('addEventListener', page.addEventListener)
    vi.stubGlobal('navigator', { userAgent: 'server' })
    const { clock, pending } = handClock()
    const signals = browserSignals(clock)
    const stop = signals.subscribe(() => {})
    expect([signals.hidden(), page.count(), pending()]).toEqual([false, 0, 0])
    stop()
  })
})
