import { describe, expect, it } from 'vitest'
import { createFakeSignals } from './fake-signals.ts'

describe('createFakeSignals', () => {
  it('tells every listener what the surroundings do', () => {
    const signals = createFakeSignals()
    const log: string[] = []
    signals.subscribe((signal) => log.push(signal))
    for (const verb of [
      'online',
      'offline',
      'hide',
      'show',
      'freeze',
      'resume',
      'pagehide',
      'pageshow',
      'wake',
    ] as const)
      signals[verb]()
    expect(log).toEqual([
      'online',
      'offline',
      'hidden',
      'visible',
      'freeze',
      'resume',
      'pagehide',
      'pageshow',
      'wake',
    ])
  })

  it('is hidden from hide() to show()', () => {
    const signals = createFakeSignals()
    const seen: boolean[] = [signals.hidden()]
    signals.subscribe(() => seen.push(signals.hidden()))
    signals.hide()
    signals.emit('online')
    signals.show()
    expect(seen).toEqual([false, true, true, false])
  })

  it('counts listeners and forgets removed ones, also during a signal', () => {
    const signals = createFakeSignals()
    const log: string[] = []
    signals.subscribe(() => remove())
    const remove = signals.subscribe(() => log.push('removed'))
    expect(signals.listeners).toBe(2)
    signals.wake()
    expect(signals.listeners).toBe(1)
    expect(log).toEqual([])
  })
})
