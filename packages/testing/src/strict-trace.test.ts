import { RealtimeError } from '@org/realtime-core'
import { describe, expect, it } from 'vitest'
import { strictTrace } from './strict-trace.ts'

function setup() {
  const listeners: ((error: RealtimeError) => void)[] = []
  const ends: (() => void)[] = []
  const onError = (listener: (error: RealtimeError) => void) => {
    listeners.push(listener)
    return () => {}
  }
  const trace = strictTrace({ onError }, (end) => ends.push(end))
  const report = (sentence: string): void => {
    const error = new RealtimeError('listener.failed', sentence, { channel: 'room' }, new Error('why'))
    for (const listener of listeners) listener(error)
  }
  const end = (): void => {
    for (const verify of ends) verify()
  }
  return { trace, report, end }
}

describe('strictTrace', () => {
  it('passes without errors', () => {
    expect(setup().end).not.toThrow()
  })

  it('fails on an unexpected error and tells it whole', () => {
    const { report, end } = setup()
    report('Listener threw')
    expect(end).toThrow('- [listener.failed] Listener threw {"channel":"room"}, caused by why')
  })

  it('allows as many errors as it was told of, before or after', () => {
    const { trace, report, end } = setup()
    trace.expectError('listener.failed')
    report('One')
    report('Two')
    expect(end).toThrow('Two')
    trace.expectError('listener.failed')
    expect(end).not.toThrow()
    expect(trace.errors).toHaveLength(2)
  })

  it('fails when an expected error did not come', () => {
    const { trace, report, end } = setup()
    trace.expectError('listener.failed', 2)
    trace.expectError('channel.timeout')
    report('One')
    expect(end).toThrow('did not come: listener.failed (1), channel.timeout (1)')
  })
})
