import { describe, expect, it } from 'vitest'
import { createFakeClock } from './fake-clock.ts'
import { createFakeSignals } from './fake-signals.ts'
import { leakCheck } from './leak-check.ts'
import { createMemoryTransport } from './memory-transport.ts'

describe('leakCheck', () => {
  it('passes when nothing is left', () => {
    const all = { clock: createFakeClock(), transport: createMemoryTransport(), signals: createFakeSignals() }
    expect(() => leakCheck(all)).not.toThrow()
    expect(() => leakCheck({})).not.toThrow()
  })

  it('lists everything that is left', () => {
    const clock = createFakeClock()
    clock.after(50, () => {}, true)
    clock.after(20, () => {})
    const transport = createMemoryTransport()
    transport({ url: 'ws://left', subprotocols: [] }, { open() {}, frame() {}, end() {} })
    const signals = createFakeSignals()
    signals.subscribe(() => {})
    expect(() => leakCheck({ clock, transport, signals })).toThrow(
      [
        'Left behind:',
        '- a timer due in 20 ms',
        '- a timer due in 50 ms, which keeps the process alive',
        '- a session to ws://left, dialing, with 0 frames sent',
        '- 1 listeners to signals',
      ].join('\n'),
    )
  })
})
