import { createTestClient, settled } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { attach, holdChannel, listenToGaps, setHiddenTab } from './hidden-tab.ts'

async function setup() {
  const fake = createTestClient()
  const channel = fake.client.untyped('a')
  setHiddenTab(channel, 'leave')
  const letGo = holdChannel(channel)
  onTestFinished(async () => {
    letGo()
    await fake.finish()
  })
  const log: unknown[] = []
  attach(channel, () => channel.on('said', (payload) => log.push(payload)))
  listenToGaps(channel, ({ cause, since }) => log.push([cause, since]))
  await settled()
  return { ...fake, channel, log, letGo }
}

describe('a channel that leaves with its page', () => {
  it('leaves nothing when the page is back within a second', async () => {
    const { signals, clock, server, log } = await setup()
    signals.hide()
    await clock.advance(999)
    signals.show()
    await clock.advance(5000)
    server.publish('a', 'said', 1)
    await settled()
    expect(log).toEqual([1])
  })

  it('tells of the gap once it is joined again, whatever else the page hears meanwhile', async () => {
    const { signals, clock, server, log } = await setup()
    signals.hide()
    await clock.advance(1000)
    const since = clock.date()
    await clock.advance(60_000)
    expect(server.joined('a')).toBe(0)
    expect(log).toEqual([])
    signals.show()
    signals.online()
    signals.hide()
    signals.show()
    await settled()
    server.publish('a', 'said', 1)
    await settled()
    expect(log).toEqual([['away', since], 1])
  })

  it('keeps the time it left when it is hidden again before it was back', async () => {
    const { signals, clock, server, log } = await setup()
    signals.hide()
    await clock.advance(1000)
    const since = clock.date()
    await clock.advance(10_000)
    server.withhold('subbed')
    signals.show()
    await clock.advance(500)
    signals.hide()
    await clock.advance(3000)
    server.release()
    signals.show()
    await clock.advance(3000)
    expect(log).toEqual([['away', since]])
  })

  it('follows the page no more once it is let go of', async () => {
    const { signals, clock, letGo, server } = await setup()
    letGo()
    signals.hide()
    await clock.advance(2000)
    expect(server.joined('a')).toBe(1)
    expect(signals.listeners).toBe(1)
  })
})
