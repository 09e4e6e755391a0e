import { createFakeClock, settled } from '@org/realtime-testing'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from './clock.ts'
import { createHeartbeat } from './heartbeat.ts'
import type { Heartbeat, Link } from './protocol.ts'
import { said, serve, setup, tell, testProtocol } from './test-setup.ts'

function setupHeart(heartbeat: Heartbeat, link: Partial<Link> = {}) {
  const clock = createFakeClock()
  const log: string[] = []
  const note = (word: string): void => void log.push(`${clock.now()} ${word}`)
  const own: Link = { receive() {}, subscribe() {}, ping: () => note('ping'), ...link }
  const heart = createHeartbeat(clock, own, heartbeat, {
    show(change) {
      if ('rttMs' in change) note(`rtt ${change.rttMs}`)
      else note(change.health === 'suspect' ? 'suspect' : 'fine')
    },
    dead: () => note('dead'),
  })
  return { clock, heart, log, note }
}

describe('createHeartbeat', () => {
  it('finds a silent peer after the idle time and the time to answer (edge 25)', async () => {
    const { clock, log } = setupHeart({ receiveIdleMs: 25_000, answerMs: 5000 })
    await clock.advance(60_000)
    expect(log).toEqual(['25000 ping', '27500 suspect', '30000 dead'])
    expect(clock.pending).toEqual([])
  })

  it('takes any frame for a sign of life, not only an answer (edge 26)', async () => {
    const { clock, heart, log } = setupHeart({ receiveIdleMs: 1000, answerMs: 500 })
    await clock.advance(1000)
    heart.heard()
    await clock.advance(999)
    expect(log).toEqual(['1000 ping'])
  })

  it('asks nothing of a peer that keeps talking (edge 27)', async () => {
    const { clock, heart, log } = setupHeart({ receiveIdleMs: 1000, answerMs: 500 })
    for (let second = 0; second < 600; second++) {
      await clock.advance(999)
      heart.heard()
    }
    expect(log).toEqual([])
  })

  it('arms one timer, however many frames come in', async () => {
    const { clock, heart } = setupHeart({ receiveIdleMs: 1000, sendIdleMs: 700 })
    for (let count = 0; count < 1000; count++) {
      heart.heard()
      heart.sent()
    }
    expect(clock.pending).toHaveLength(1)
  })

  it('measures the round trip of each question', async () => {
    const { clock, heart, log } = setupHeart({ receiveIdleMs: 1000, answerMs: 500 })
    await clock.advance(1120)
    heart.heard()
    heart.pong()
    expect(log).toEqual(['1000 ping', '1120 rtt 120'])
  })

  it('measures an answer that comes late by its own question, not by the newest (edge 33)', async () => {
    const { clock, heart, log } = setupHeart({ receiveIdleMs: 1000, answerMs: 500 })
    await clock.advance(1200)
    heart.heard()
    await clock.advance(1050)
    heart.pong()
    expect(log).toEqual(['1000 ping', '2200 ping', '2250 rtt 1250'])
  })

  it('ignores an answer that nobody asked for', () => {
    const { heart, log } = setupHeart({ receiveIdleMs: 1000 })
    heart.pong()
    expect(log).toEqual([])
  })

  it('leaves no timer behind (edge 34)', async () => {
    const { clock, heart, log } = setupHeart({ receiveIdleMs: 1000, sendIdleMs: 300 })
    heart.probe(200)
    heart.leave()
    heart.probe(200)
    heart.heard()
    expect(clock.pending).toEqual([])
    await clock.advance(10_000)
    expect(log.filter((line) => line.endsWith('dead'))).toEqual([])
  })

  it('waits longer than platform timers can (edge 35)', async () => {
    const { clock, log } = setupHeart({ receiveIdleMs: 2 ** 32, answerMs: 5000 })
    await clock.advance(2 ** 32 - 1)
    expect(log).toEqual([])
    await clock.advance(1)
    expect(log).toEqual([`${2 ** 32} ping`])
  })

  it('never asks when the idle time is endless', () => {
    const { clock } = setupHeart({ receiveIdleMs: Infinity })
    expect(clock.pending).toEqual([])
  })

  it('cannot tell a silent peer from an idle one without a ping', async () => {
    const { clock, heart, log } = setupHeart({ receiveIdleMs: 1000 }, {})
    heart.leave()
    const { ping: _, ...mute }: Link = { receive() {}, subscribe() {}, ping() {} }
    const events = { show: () => log.push('suspect'), dead: () => log.push('dead') }
    createHeartbeat(clock, mute, { receiveIdleMs: 1000 }, events).probe(100)
    await clock.advance(10_000)
    expect(log).toEqual([])
  })

  it('beats after a silence of its own and expects no answer', async () => {
    const { clock, log, note } = setupHeart({ sendIdleMs: 1000 }, { beat: () => note('beat') })
    await clock.advance(3500)
    expect(log).toEqual(['1000 beat', '2000 beat', '3000 beat'])
  })

  it('does not beat while something else is sent', async () => {
    const { clock, heart, log, note } = setupHeart({ sendIdleMs: 1000 }, { beat: () => note('beat') })
    await clock.advance(900)
    heart.sent()
    await clock.advance(999)
    expect(log).toEqual([])
    await clock.advance(1)
    expect(log).toEqual(['1900 beat'])
  })

  it('asks for an answer when a link has no beat of its own', async () => {
    const { clock, log } = setupHeart({ sendIdleMs: 1000, answerMs: 400 })
    await clock.advance(1400)
    expect(log).toEqual(['1000 ping', '1200 suspect', '1400 dead'])
  })

  it('keeps both watches: it beats while frames come in, and asks while frames go out', async () => {
    const { clock, heart, log, note } = setupHeart(
      { sendIdleMs: 1000, receiveIdleMs: 1500, answerMs: 400 },
      { beat: () => note('beat') },
    )
    await clock.advance(800)
    heart.heard()
    await clock.advance(700)
    heart.sent()
    await clock.advance(800)
    expect(log).toEqual(['1000 beat', '2300 ping'])
  })

  it('doubts the peer at once when probed, and only while it owes an answer', async () => {
    const { clock, heart, log } = setupHeart({ receiveIdleMs: 25_000, answerMs: 5000 })
    heart.probe(2000)
    await clock.advance(50)
    heart.heard()
    heart.pong()
    await clock.advance(20_000)
    expect(log).toEqual(['0 ping', '0 suspect', '50 fine', '50 rtt 50'])
  })

  it('finds a dead peer within the time of the probe', async () => {
    const { clock, heart, log } = setupHeart({ receiveIdleMs: 25_000, answerMs: 5000 })
    heart.probe(2000)
    await clock.advance(2000)
    expect(log).toEqual(['0 ping', '0 suspect', '2000 dead'])
  })

  it('asks once for many probes, and keeps to the shortest time', async () => {
    const { clock, heart, log } = setupHeart({ receiveIdleMs: 1000, answerMs: 5000 })
    await clock.advance(1000)
    heart.probe(2000)
    await clock.advance(1000)
    heart.probe(2000)
    await clock.advance(1000)
    expect(log).toEqual(['1000 ping', '1000 suspect', '3000 dead'])
  })

  it('asks again after a suspension instead of taking the silence for death (edge 28)', async () => {
    const { clock, heart, log } = setupHeart({ receiveIdleMs: 25_000, answerMs: 5000 })
    await clock.sleep(60_000)
    heart.heard()
    await clock.advance(20_000)
    expect(log).toEqual(['60000 ping'])
  })

  it('gives grace when it was suspended while an answer was due (edge 28)', async () => {
    const { clock, heart, log } = setupHeart({ receiveIdleMs: 25_000, answerMs: 5000 })
    await clock.advance(26_000)
    await clock.sleep(60_000)
    heart.heard()
    await clock.advance(20_000)
    expect(log).toEqual(['25000 ping', '86000 suspect', '86000 fine'])
  })

  it('finds a peer that died during a suspension after the grace (edge 29)', async () => {
    const { clock, log } = setupHeart({ receiveIdleMs: 25_000, answerMs: 5000 })
    await clock.advance(26_000)
    await clock.sleep(60_000)
    await clock.advance(1000)
    expect(log).toEqual(['25000 ping', '86000 suspect', '87000 dead'])
  })

  it('gives grace once per question, however often it is suspended', async () => {
    const { clock, log } = setupHeart({ receiveIdleMs: 25_000, answerMs: 5000 })
    await clock.advance(28_000)
    await clock.sleep(60_000)
    await clock.sleep(60_000)
    expect(log.at(-1)).toBe('148000 dead')
  })

  it.each([0, -1, NaN, Infinity])(
    'neither spins nor kills an answering peer when told to wait %d ms',
    async (ms) => {
      for (const key of ['sendIdleMs', 'receiveIdleMs', 'answerMs'] as const) {
        const { clock, heart, log, note } = setupHeart(
          { receiveIdleMs: 1000, answerMs: 500, [key]: ms },
          { beat: () => note('beat'), ping: () => answer() },
        )
        const answer = (): void => void clock.after(10, heart.heard)
        await clock.runAll(100).catch(() => {})
        expect([key, clock.now() > 1000 || !clock.pending.length]).toEqual([key, true])
        expect(log).not.toContainEqual(expect.stringContaining('dead'))
      }
    },
  )

  it.each([3_600_000, -3_600_000])(
    'does not mind a wall clock that jumps by %i ms (edge 30)',
    async (jump) => {
      const { clock, log } = setupHeart({ receiveIdleMs: 25_000, answerMs: 5000 })
      clock.jumpDate(jump)
      await clock.advance(24_999)
      expect(log).toEqual([])
    },
  )
})

describe('createHeartbeat, whatever happens', () => {
  const acts = ['heard', 'pong', 'sent', 'probe', 'wait', 'wait', 'wait', 'sleep'] as const
  const script = fc.array(fc.tuple(fc.constantFrom(...acts), fc.nat(3000)), { maxLength: 60, size: 'max' })

  it('arms one timer at most, and takes for dead only a peer that left a question unanswered', async () => {
    const property = fc.asyncProperty(script, async (steps) => {
      const { clock, heart, log } = setupHeart({ receiveIdleMs: 2000, answerMs: 800, sendIdleMs: 1500 })
      let heardAt = 0
      for (const [act, ms] of steps) {
        if (log.at(-1)?.endsWith('dead')) break
        if (act === 'wait') await clock.advance(ms)
        else if (act === 'sleep') await clock.sleep(ms)
        else if (act === 'probe') heart.probe(300)
        else heart[act]()
        if (act === 'heard') heardAt = clock.now()
        expect(clock.pending.length).toBe(log.at(-1)?.endsWith('dead') ? 0 : 1)
      }
      const isDead = log.at(-1)?.endsWith('dead')
      const asked = log.filter((line) => line.endsWith('ping')).at(-1)
      if (isDead) expect(clock.now() - Number(asked?.split(' ')[0])).toBeGreaterThanOrEqual(300)
      if (isDead) expect(Number(asked?.split(' ')[0])).toBeGreaterThanOrEqual(heardAt)
    })
    await fc.assert(property, { seed: 5, numRuns: 300 })
  })

  it('finds every peer that falls silent, within idle time, answer and grace', async () => {
    const property = fc.asyncProperty(script, async (steps) => {
      const { clock, heart, log } = setupHeart({ receiveIdleMs: 2000, answerMs: 800, sendIdleMs: 1500 })
      for (const [act, ms] of steps) {
        if (log.at(-1)?.endsWith('dead')) break
        if (act === 'wait') await clock.advance(ms)
        else if (act === 'sleep') await clock.sleep(ms)
        else if (act === 'probe') heart.probe(300)
        else heart[act]()
      }
      await clock.advance(2000 + 800 + 1000)
      expect(log.filter((line) => line.endsWith('dead'))).toHaveLength(1)
    })
    await fc.assert(property, { seed: 6, numRuns: 300 })
  })
})

describe('systemClock', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('waits longer than timers of the platform can, which would fire at once (edge 35)', () => {
    vi.useFakeTimers()
    const ran: string[] = []
    const LIMIT = 2 ** 31 - 1
    systemClock.after(3 * LIMIT + 10, () => ran.push('long'))
    systemClock.after(Infinity, () => ran.push('never'))()
    vi.advanceTimersByTime(3 * LIMIT + 9)
    expect(ran).toEqual([])
    vi.advanceTimersByTime(1)
    expect([ran, vi.getTimerCount()]).toEqual([['long'], 0])
  })

  it('cancels a long wait at any time', () => {
    vi.useFakeTimers()
    const ran: string[] = []
    const cancel = systemClock.after(2 ** 33, () => ran.push('long'))
    vi.advanceTimersByTime(2 ** 32)
    cancel()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(2 ** 33)
    expect(ran).toEqual([])
  })
})

describe('client', () => {
  it('finds a silent peer within 30 s, without waiting for its close (edge 25)', async () => {
    const { clock, connect, client, statuses, transport } = setup()
    const peer = await connect()
    peer.stall()
    await clock.advance(30_000)
    expect(peer.closedBy).toBe('dead')
    expect(client.status.get().lastError).toMatchObject({ code: 'connection.stale' })
    expect(statuses).toEqual(['connecting', 'connected', 'reconnecting'])
    await clock.advance(0)
    expect(transport.sessions).toHaveLength(2)
  })

  it('takes the intervals from the server, and an option above those', async () => {
    const { clock, connect } = setup({ heartbeat: { answerMs: 100 } })
    const peer = await connect({ heartbeat: { receiveIdleMs: 400, answerMs: 5000 } })
    await clock.advance(499)
    expect(said(peer)).toEqual([['hello', null], ['ping']])
    expect(peer.closedBy).toBeUndefined()
    await clock.advance(1)
    expect(peer.closedBy).toBe('dead')
  })

  it('is kept alive by messages alone (edge 26, 27)', async () => {
    const { clock, connect, statuses } = setup()
    const peer = await connect()
    for (let minute = 0; minute < 30; minute++) {
      tell(peer, 'message', 'room', 'said', minute)
      await clock.advance(20_000)
    }
    expect(said(peer)).toEqual([['hello', null]])
    expect(statuses).toEqual(['connecting', 'connected'])
  })

  it('is kept alive by a frame that cannot be read', async () => {
    const { clock, connect, client, errors } = setup()
    const peer = await connect()
    await clock.advance(25_000)
    peer.send('garbage')
    await clock.advance(10_000)
    expect(client.status.get()).toMatchObject({ status: 'connected', health: 'ok' })
    expect(errors.splice(0)).toEqual(['message.malformed'])
  })

  it('keeps the socket after a suspension when data was waiting (edge 28)', async () => {
    const { clock, connect, statuses } = setup()
    const peer = await connect()
    await clock.advance(26_000)
    peer.stall()
    tell(peer, 'pong')
    await clock.sleep(60_000)
    peer.unstall()
    await clock.advance(20_000)
    expect(statuses).toEqual(['connecting', 'connected'])
  })

  it('finds a peer that died during a suspension within grace and probe (edge 29)', async () => {
    const { clock, connect, client } = setup()
    const peer = await connect()
    peer.stall()
    await clock.sleep(60_000)
    await clock.advance(4999)
    expect(client.status.get()).toMatchObject({ status: 'connected', health: 'suspect' })
    await clock.advance(1)
    expect(client.status.get().status).toBe('reconnecting')
  })

  it('does not flap when timers run once a minute for half an hour (edge 32)', async () => {
    const { clock, transport, client, statuses } = setup()
    transport.onDial((peer) => serve(peer))
    await client.connect()
    for (let minute = 0; minute < 30; minute++) await clock.sleep(60_000)
    expect(statuses).toEqual(['connecting', 'connected'])
    expect(transport.sessions).toHaveLength(1)
  })

  it.each([3_600_000, -3_600_000])(
    'stays connected when the wall clock jumps by %i ms (edge 30)',
    async (jump) => {
      const { clock, transport, client, statuses } = setup()
      transport.onDial((peer) => serve(peer))
      await client.connect()
      clock.jumpDate(jump)
      await clock.advance(120_000)
      expect(statuses).toEqual(['connecting', 'connected'])
    },
  )

  it('shows the health and the round trip', async () => {
    const { clock, connect, client } = setup()
    const peer = await connect()
    const seen: unknown[] = []
    client.status.subscribe(({ health, rttMs }) => seen.push([health, rttMs]))
    await clock.advance(28_000)
    tell(peer, 'pong')
    await settled()
    expect(seen).toEqual([
      ['suspect', undefined],
      ['ok', undefined],
      ['ok', 3000],
    ])
  })

  it('ignores the answers of a link that is gone (edge 33)', async () => {
    const { clock, connect, client, errors } = setup()
    const peer = await connect()
    await clock.advance(25_100)
    peer.drop()
    await clock.advance(0)
    peer.lateFrame('["pong"]')
    await settled()
    expect(client.status.get()).toMatchObject({ status: 'reconnecting', rttMs: undefined })
    expect(errors).toEqual([])
  })

  it('stays connected to a silent peer when the protocol cannot ask', async () => {
    const protocol = testProtocol((link) => {
      delete link.ping
    })
    const { clock, connect, signals, statuses } = setup({ protocol })
    await connect()
    signals.wake()
    await clock.advance(3_600_000)
    expect(statuses).toEqual(['connecting', 'connected'])
  })
})
