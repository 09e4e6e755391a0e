import { describe, expect, it } from 'vitest'
import { setupPair, setupRakit } from './rakit-test-setup.ts'

describe('Silence', () => {
  it('cuts one client after 5 s without traffic, and the next 5 s later', async () => {
    const { a, b, clock } = await setupPair()
    await clock.advance(4999)
    expect(a.end).toBeUndefined()
    await clock.advance(1)
    // Being told of it counts as a sign of life for the second.
    expect([a.end, b.end]).toEqual([{ code: undefined }, undefined])
    expect(b.take()[0]).toBe('Client #$a disconnected')
    await clock.advance(5000)
    expect(b.end).toEqual({ code: undefined })
  })

  it('cuts nobody while anybody sends', async () => {
    const { a, b, clock } = await setupPair()
    for (let beats = 0; beats < 15; beats++) {
      await clock.advance(4000)
      await b.send('{"ping":1}')
    }
    expect([a.end, b.end]).toEqual([undefined, undefined])
  })

  it('waits for the ping timeout, looking every 5 s', async () => {
    const { connect, clock } = setupRakit({ pingTimeoutMs: 12_000 })
    const a = await connect()
    await clock.advance(14_999)
    expect(a.end).toBeUndefined()
    await clock.advance(1)
    expect(a.end).toEqual({ code: undefined })
  })

  it('cuts nobody while everybody is held up (exact)', async () => {
    const { a, b, clock } = await setupPair({ compat: 'exact' })
    await a.send('x'.repeat(2041))
    await clock.advance(60_000)
    expect([a.end, b.end]).toEqual([undefined, undefined])
  })
})
