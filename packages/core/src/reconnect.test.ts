import { type MemoryPeer, settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import type { LinkEvents } from './protocol.ts'
import { accept, CLEAN, serve, setup, tell, testProtocol } from './test-setup.ts'

type Kit = ReturnType<typeof setup>

/** Notes when each dial is made, and plays the same server on all of them. */
function dials({ client, clock, transport }: Kit, play: (peer: MemoryPeer) => void): number[] {
  const times: number[] = []
  transport.onDial((peer) => {
    times.push(clock.now())
    play(peer)
  })
  client.connect().catch(() => {})
  return times
}

const gaps = (times: readonly number[]): number[] =>
  times.slice(1).map((time, index) => time - (times[index] ?? 0))
const refuse = (peer: MemoryPeer): void => peer.refuse()
/** Serves it, and does something as soon as the handshake is acknowledged. */
function serveThen(peer: MemoryPeer, act: () => void): void {
  serve(peer)
  peer.onFrame((frame) => String(frame).startsWith('["hello"') && act())
}

describe('backoff', () => {
  it('widens from failure to failure, each delay within its window', async () => {
    const kit = setup({ connection: { minDialGapMs: 0 } })
    const times = dials(kit, refuse)
    await kit.clock.advance(120_000)
    const delays = gaps(times)
    expect(delays.length).toBeGreaterThan(8)
    for (const [index, delay] of delays.entries()) {
      expect(delay).toBeGreaterThanOrEqual(50)
      expect(delay).toBeLessThanOrEqual(Math.min(20_000, 500 * 2 ** index))
    }
    expect(Math.max(...delays)).toBeGreaterThan(5000)
  })

  it('never dials twice within minDialGapMs on its own', async () => {
    const kit = setup({ backoff: { capMs: 10 } })
    const times = dials(kit, refuse)
    await kit.clock.advance(60_000)
    expect(Math.min(...gaps(times))).toBeGreaterThanOrEqual(1000)
    expect(times.length).toBeGreaterThan(50)
  })

  it('counts that gap from the dial, not from the credentials before it', async () => {
    let calls = 0
    const credentials = () => new Promise<void>((resolve) => clock.after(calls++ ? 0 : 5000, resolve))
    const kit = setup({ credentials })
    const { clock } = kit
    const times = dials(kit, refuse)
    await clock.advance(20_000)
    expect(Math.min(...gaps(times))).toBeGreaterThanOrEqual(1000)
  })

  it('keeps backing off from a server that accepts and drops (edge 17)', async () => {
    const kit = setup()
    const times = dials(kit, (peer) => {
      peer.accept()
      peer.drop()
    })
    await kit.clock.advance(30_000)
    expect(times.length).toBeLessThanOrEqual(12)
    expect(kit.client.status.get().attempt).toBe(times.length)
  })

  it('keeps backing off from a server that acknowledges and drops within 5 s (edge 18)', async () => {
    const kit = setup()
    const times = dials(kit, (peer) => {
      serve(peer)
      kit.clock.after(2000, () => peer.drop())
    })
    await kit.clock.advance(120_000)
    expect(times.length).toBeLessThanOrEqual(22)
    expect(Math.max(...gaps(times))).toBeGreaterThan(10_000)
  })

  it('starts anew after a connection that was up for 5 s (edge 19)', async () => {
    const kit = setup()
    let isUp = false
    dials(kit, (peer) => (isUp ? serve(peer) : peer.refuse()))
    await kit.clock.advance(60_000)
    isUp = true
    await kit.clock.advance(30_000)
    await kit.clock.advance(5000)
    isUp = false
    kit.transport.last.drop()
    await kit.clock.advance(0)
    const { attempt, nextRetryAt = 0 } = kit.client.status.get()
    expect(attempt).toBe(1)
    expect(nextRetryAt - kit.clock.date()).toBeLessThanOrEqual(1000)
  })

  it('counts on when the connection drops 4,999 ms after it was acknowledged (edge 19)', async () => {
    const { client, clock, dial, transport } = setup()
    const peer = await dial()
    peer.refuse()
    await clock.advance(1000)
    await accept(transport.last)
    await clock.advance(4999)
    transport.last.drop()
    await settled()
    expect(client.status.get().attempt).toBe(2)
  })

  it('survives a server that asks to come again at once, as in a storm of 4200 closes', async () => {
    const kit = setup()
    const times = dials(kit, (peer) => serveThen(peer, () => peer.end({ code: 4100 })))
    await kit.clock.advance(3000)
    expect(times.length).toBeLessThanOrEqual(4)
    await kit.clock.advance(57_000)
    expect(times.length).toBeLessThanOrEqual(16)
  })

  it('survives a server that answers every handshake with `retry-now`', async () => {
    const kit = setup()
    const times = dials(kit, (peer) => {
      peer.accept()
      tell(peer, 'fail', 'retry-now', 'connection.lost')
    })
    await kit.clock.advance(60_000)
    expect(times.length).toBeLessThanOrEqual(16)
  })

  it('survives a server that asks to move on, again and again', async () => {
    const kit = setup()
    const times = dials(kit, (peer) => serveThen(peer, () => tell(peer, 'advice', { drainMs: 0 })))
    for (let second = 0; second < 60; second++) await advanceBounded(kit, 1000)
    expect(times.length).toBeLessThanOrEqual(61)
  })

  it('survives a server that calls the credentials expired, again and again', async () => {
    let calls = 0
    const protocol = testProtocol((link) => {
      delete link.refresh
    })
    const kit = setup({ protocol, credentials: () => ++calls })
    const times = dials(kit, (peer) => serveThen(peer, () => tell(peer, 'advice', { reauthenticate: true })))
    for (let second = 0; second < 60; second++) await advanceBounded(kit, 1000)
    expect(times.length).toBeLessThanOrEqual(61)
    expect(calls).toBeLessThanOrEqual(61)
  })

  it('gets through where the browser holds dials back for longer than dialMs (edge 14)', async () => {
    const kit = setup()
    const { clock } = kit
    let heldUntil = 0
    let penaltyMs = 200
    let isUp = false
    dials(kit, (peer) => {
      const answer = (): void => {
        if (isUp) return serve(peer)
        peer.refuse()
        penaltyMs = Math.min(60_000, penaltyMs * 1.5)
        heldUntil = clock.now() + penaltyMs
      }
      clock.after(
        Math.max(0, heldUntil - clock.now()),
        () => peer.state === 'dialing' && !peer.closedBy && answer(),
      )
    })
    await clock.advance(600_000)
    isUp = true
    await clock.advance(90_000)
    expect(penaltyMs).toBeGreaterThan(10_000)
    expect(kit.client.status.get().status).toBe('connected')
    await kit.client.close()
    await clock.advance(60_000)
  })

  it('goes on dialling a hidden page, but no faster than the cap after the third failure', async () => {
    const kit = setup()
    kit.signals.hide()
    const times = dials(kit, refuse)
    await kit.clock.advance(600_000)
    expect(times.length).toBeGreaterThan(15)
    expect(Math.max(...gaps(times).slice(0, 3))).toBeLessThanOrEqual(2000)
    expect(Math.min(...gaps(times).slice(3))).toBeGreaterThanOrEqual(20_000)
    expect(Math.max(...gaps(times).slice(3))).toBeLessThanOrEqual(30_000)
  })

  it('never gives up by default, and dials as often after hundreds of failures as before (edge 16, 21)', async () => {
    const kit = setup()
    const times = dials(kit, refuse)
    await kit.clock.advance(3_600_000)
    const { attempt } = kit.client.status.get()
    expect([kit.client.status.get().status, attempt > 200]).toEqual(['connecting', true])
    expect(Math.max(...gaps(times))).toBeLessThanOrEqual(20_000)
  })

  it('has the same timers, listeners and sessions after 100 reconnects as after one (edge 46)', async () => {
    const kit = setup()
    kit.client.untyped('room').on('said', () => {})
    dials(kit, (peer) => serve(peer))
    const count = () => [kit.clock.pending.length, kit.signals.listeners, kit.transport.open.length]
    const again = async (): Promise<void> => {
      await kit.clock.advance(6000)
      kit.transport.last.drop()
      await kit.clock.advance(6000)
    }
    await again()
    const before = count()
    for (let time = 0; time < 99; time++) await again()
    expect([count(), kit.transport.sessions.length]).toEqual([before, 101])
  })
})

describe('retryAfterMs', () => {
  /** How long it waits when told by the server, and then dropped. */
  async function waits(retryAfterMs: number): Promise<number> {
    let wire: LinkEvents | undefined
    const { client, clock, connect } = setup({ protocol: testProtocol((_, events) => (wire = events)) })
    const peer = await connect()
    await clock.advance(10_000)
    wire?.advice({ retryAfterMs })
    peer.drop()
    await settled()
    return (client.status.get().nextRetryAt ?? 0) - clock.date()
  }

  it.each([
    [5000, 5050, 6000],
    [0, 50, 1000],
    [-5000, 50, 1000],
    [NaN, 50, 1000],
    [-Infinity, 50, 1000],
    [1e15, 300_050, 301_000],
    [Infinity, 300_050, 301_000],
  ])('of %d ms is followed within reason, and spread (edge 20)', async (advised, least, most) => {
    const ms = await waits(advised)
    expect(ms).toBeGreaterThanOrEqual(least)
    expect(ms).toBeLessThanOrEqual(most)
  })

  it('holds for one wait', async () => {
    const kit = setup()
    let isFirst = true
    const times = dials(kit, (peer) => {
      peer.accept()
      if (isFirst) tell(peer, 'advice', { retryAfterMs: 20_000 })
      isFirst = false
      peer.drop()
    })
    await kit.clock.advance(60_000)
    const [first = 0, second = 0] = gaps(times)
    expect(first).toBeGreaterThanOrEqual(20_000)
    expect(second).toBeLessThanOrEqual(1000)
  })

  it('is heard during a handshake too', async () => {
    const { client, clock, dial } = setup()
    const peer = await dial()
    peer.accept()
    tell(peer, 'advice', { retryAfterMs: 30_000 })
    tell(peer, 'fail', 'retry', 'connection.lost')
    await settled()
    expect(client.status.get().nextRetryAt).toBeGreaterThanOrEqual(clock.date() + 30_000)
  })

  it('is longer than a `retry-now` of the same server', async () => {
    const { client, clock, connect } = setup()
    const peer = await connect()
    tell(peer, 'advice', { retryAfterMs: 30_000 })
    peer.end({ code: 4100 })
    await settled()
    expect(client.status.get().nextRetryAt).toBeGreaterThanOrEqual(clock.date() + 30_000)
  })

  it('gives way to the user', async () => {
    const { client, clock, connect, transport } = setup()
    const peer = await connect()
    tell(peer, 'advice', { retryAfterMs: 30_000 })
    await clock.advance(2000)
    peer.drop()
    await settled()
    client.reconnectNow()
    await settled()
    expect(transport.sessions).toHaveLength(2)
  })
})

describe('budget', () => {
  it('gives up after as many tries after the first as maxAttempts says (edge 21)', async () => {
    const kit = setup({ backoff: { maxAttempts: 3 } })
    const times = dials(kit, refuse)
    await kit.clock.advance(60_000)
    expect(times).toHaveLength(4)
    const { status, lastError } = kit.client.status.get()
    expect([status, lastError?.code, lastError?.cause]).toEqual([
      'failed',
      'connection.gave-up',
      expect.objectContaining({ code: 'connection.lost' }),
    ])
    expect(kit.left()).toEqual(CLEAN)
  })

  it('gives up once maxElapsedMs have passed since the first failure in a row (edge 21)', async () => {
    const kit = setup({ backoff: { maxElapsedMs: 30_000 } })
    const times = dials(kit, refuse)
    await kit.clock.advance(120_000)
    expect(kit.statuses).toEqual(['connecting', 'failed'])
    expect(times.at(-1)).toBeGreaterThan(10_000)
    expect(times.at(-1)).toBeLessThanOrEqual(50_000)
  })

  it('has its whole budget again after connect() (edge 21)', async () => {
    const kit = setup({ backoff: { maxAttempts: 3 } })
    let isUp = false
    const times = dials(kit, (peer) => (isUp ? serve(peer) : peer.refuse()))
    await kit.clock.advance(60_000)
    const before = times.length
    kit.client.connect().catch(() => {})
    await kit.clock.advance(60_000)
    expect(times).toHaveLength(2 * before)
    isUp = true
    await kit.client.connect()
    expect(kit.client.status.get()).toMatchObject({ status: 'connected', attempt: 0, lastError: undefined })
  })

  it('has its whole budget again after a stable connection', async () => {
    const kit = setup({ backoff: { maxAttempts: 3 } })
    let count = 0
    dials(kit, (peer) => (++count % 2 ? serve(peer) : peer.refuse()))
    for (let round = 0; round < 10; round++) {
      await kit.clock.advance(10_000)
      kit.transport.last.drop()
    }
    await kit.clock.advance(10_000)
    expect(kit.client.status.get().status).toBe('connected')
  })
})

describe('reconnectNow()', () => {
  it('ends the wait and its timer (edge 22)', async () => {
    const { client, clock, connect, transport } = setup()
    const peer = await connect()
    await clock.advance(2000)
    peer.drop()
    await settled()
    client.reconnectNow()
    await settled()
    expect(transport.sessions).toHaveLength(2)
    await accept(transport.last)
    await clock.advance(20_000)
    expect(transport.sessions).toHaveLength(2)
  })

  it('dials once per second at most, however often it is called (edge 22)', async () => {
    const kit = setup()
    const times = dials(kit, refuse)
    for (let tick = 0; tick < 100; tick++) {
      for (let call = 0; call < 100; call++) kit.client.reconnectNow()
      await kit.clock.advance(100)
    }
    expect(times.length).toBeLessThanOrEqual(11)
    expect(times.length).toBeGreaterThanOrEqual(10)
  })

  it('probes while connected, and leaves a dial under way alone', async () => {
    const { client, clock, dial, transport } = setup()
    const peer = await dial()
    client.reconnectNow()
    await accept(peer)
    client.reconnectNow()
    expect(client.status.get().health).toBe('suspect')
    tell(peer, 'pong')
    await clock.advance(10_000)
    expect(transport.sessions).toHaveLength(1)
  })
})

describe('wake signals', () => {
  it('that come together make one dial (edge 23)', async () => {
    const { client, clock, connect, signals, transport } = setup()
    const peer = await connect()
    await clock.advance(2000)
    peer.drop()
    await settled()
    signals.online()
    signals.show()
    signals.resume()
    signals.pageshow()
    signals.wake()
    client.reconnectNow()
    await settled()
    expect(transport.sessions).toHaveLength(2)
  })

  it('wait for the gap between dials', async () => {
    const { clock, dial, signals, transport } = setup()
    const peer = await dial()
    await clock.advance(300)
    peer.refuse()
    await settled()
    signals.online()
    await clock.advance(699)
    expect(transport.sessions).toHaveLength(1)
    await clock.advance(1)
    expect(transport.sessions).toHaveLength(2)
  })

  it('are not needed: it retries although the network never says `online` again (edge 37)', async () => {
    const { client, clock, connect, signals, transport } = setup()
    const peer = await connect()
    signals.offline()
    peer.drop()
    await clock.advance(0)
    transport.onDial((dialled) => serve(dialled))
    await clock.advance(5000)
    expect(client.status.get().status).toBe('connected')
  })

  it('do not hasten a wait when the network goes offline', async () => {
    const { client, clock, connect, signals } = setup()
    const peer = await connect()
    await clock.advance(6000)
    tell(peer, 'advice', { retryAfterMs: 10_000 })
    peer.drop()
    await clock.advance(2000)
    const { nextRetryAt } = client.status.get()
    signals.offline()
    expect(client.status.get().nextRetryAt).toBe(nextRetryAt)
  })
})

/** Stops a client that spins: it lets no more than 50 timers run. */
async function advanceBounded({ clock }: Kit, ms: number): Promise<void> {
  const end = clock.now() + ms
  for (let step = 0; step < 50 && clock.now() < end; step++) {
    const next = clock.pending[0]?.dueIn ?? ms
    await clock.advance(Math.min(next, end - clock.now()))
  }
}
