import { afterEach, describe, expect, it, vi } from 'vitest'
import { settled } from './settled.ts'

async function chain(length: number, log: string[]): Promise<void> {
  for (let step = 0; step < length; step++) await undefined
  log.push('done')
}

describe('settled', () => {
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  it('waits for a chain of promises of any length', async () => {
    const log: string[] = []
    chain(10_000, log)
    await settled()
    expect(log).toEqual(['done'])
  })

  it('works under the fake timers of a runner', async () => {
    vi.useFakeTimers()
    const log: string[] = []
    chain(3, log)
    await settled()
    expect(log).toEqual(['done'])
  })

  it('works where there is no setImmediate', async () => {
    vi.stubGlobal('setImmediate', undefined)
    vi.resetModules()
    const fresh = await import('./settled.ts')
    const log: string[] = []
    chain(3, log)
    await Promise.all([fresh.settled(), fresh.settled()])
    expect(log).toEqual(['done'])
  })
})
