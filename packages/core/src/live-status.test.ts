import { createTestClient } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLiveStatus, FIRST_STATUS } from './live-status.ts'

function setup(delayMs?: number, maxAttempts = Infinity) {
  const fake = createTestClient({ atEnd: onTestFinished, clientOptions: { backoff: { maxAttempts } } })
  const status = createLiveStatus(fake.client, delayMs)
  const words: string[] = []
  const stop = status.subscribe(({ human }) => words.at(-1) === human || words.push(human))
  return { ...fake, status, words, stop }
}

describe('createLiveStatus', () => {
  it('starts as servers say, but for the time', () => {
    const { status, client } = setup()
    const { since, retryNow: _, ...rest } = status.get()
    const { since: __, retryNow: ___, ...first } = FIRST_STATUS
    expect(rest).toEqual(first)
    expect(since).toBe(client.status.get().since)
  })

  it('tells of trouble that lasts, and not of a blip', async () => {
    const { client, words, server, clock } = setup(2000)
    await client.connect()
    await clock.advance(10_000)
    server.outage()
    await clock.advance(1999)
    expect(words).toEqual(['fine'])
    await clock.advance(2)
    expect(words).toEqual(['fine', 'lost'])
    server.restore()
    await clock.advance(20_000)
    expect(words).toEqual(['fine', 'lost', 'fine'])
  })

  it('tells at once of a failure, and connects again when asked', async () => {
    const { client, words, server, clock, status } = setup(1000, 3)
    server.outage()
    client.connect().catch(() => {})
    await clock.advance(60_000)
    expect(words.slice(-2)).toEqual(['connecting', 'failed'])
    server.restore()
    status.get().retryNow()
    await clock.advance(1000)
    expect(words.at(-1)).toBe('fine')
    expect(status.get().status).toBe('connected')
  })

  it('knows of trouble that was there before anybody asked', async () => {
    const { client, server, clock, stop } = setup()
    await client.connect()
    stop()
    server.outage()
    await clock.advance(3000)
    expect(createLiveStatus(client).get().human).toBe('lost')
  })

  it('is the same object until something changes, and keeps no timer when nobody listens', async () => {
    const { client, server, clock, status, stop } = setup(60_000)
    await client.connect()
    expect(status.get()).toBe(status.get())
    server.outage()
    await clock.advance(10)
    const pending = clock.pending.length
    stop()
    expect(clock.pending).toHaveLength(pending - 1)
  })
})
