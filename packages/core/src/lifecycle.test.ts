import { settled } from '@org/realtime-testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createClient } from './client.ts'
import { accept, said, serve, setup, tell, testProtocol } from './test-setup.ts'

type Options = Parameters<typeof setup>[0]

/** A connected client of a healthy server. */
async function connected(options?: Options) {
  const kit = setup(options)
  kit.transport.onDial((peer) => serve(peer))
  await kit.client.connect()
  kit.statuses.length = 0
  await kit.clock.advance(10_000)
  return { ...kit, peer: kit.transport.last }
}

describe('offline and online', () => {
  it('stay connected after a false alarm (edge 36)', async () => {
    const { client, clock, peer, signals, statuses } = await connected()
    signals.offline()
    expect(client.status.get()).toMatchObject({ status: 'connected', health: 'suspect' })
    await settled()
    expect(client.status.get().health).toBe('ok')
    signals.online()
    await clock.advance(10_000)
    expect([statuses, peer.closedBy]).toEqual([[], undefined])
  })

  it('find a dead path within probeMs, and come back at once', async () => {
    const { clock, peer, signals, statuses, transport } = await connected()
    peer.stall()
    signals.online()
    await clock.advance(1999)
    expect(statuses).toEqual([])
    await clock.advance(1)
    await clock.advance(0)
    expect([peer.closedBy, transport.sessions.length]).toEqual(['dead', 2])
    expect(statuses).toEqual(['reconnecting', 'connected'])
  })
})

describe('wake', () => {
  it('finds a dead path although the socket looks open (edge 31)', async () => {
    const { clock, peer, signals, statuses } = await connected()
    peer.stall()
    signals.wake()
    await clock.advance(2500)
    expect([peer.closedBy, statuses]).toEqual(['dead', ['reconnecting', 'connected']])
  })

  it('keeps a socket whose peer answers late but in time', async () => {
    const { clock, peer, signals, statuses } = await connected()
    peer.stall()
    signals.wake()
    await clock.advance(1900)
    peer.unstall()
    await clock.advance(60_000)
    expect(statuses).toEqual([])
  })

  it('gives grace when the timer of its probe is late itself (edge 29)', async () => {
    const { clock, peer, signals, statuses } = await connected()
    peer.stall()
    signals.wake()
    await clock.sleep(60_000)
    expect(statuses).toEqual([])
    peer.unstall()
    await clock.advance(60_000)
    expect(statuses).toEqual([])
  })

  it('asks once for signals that come together', async () => {
    const { peer, signals, clock } = await connected()
    const before = peer.sent.length
    signals.wake()
    signals.online()
    signals.show()
    signals.pageshow()
    await clock.advance(0)
    expect(said(peer).slice(before)).toEqual([['ping']])
  })

  it('takes a wait to its end', async () => {
    const { clock, peer, signals, transport } = await connected()
    tell(peer, 'advice', { retryAfterMs: 60_000 })
    peer.drop()
    await clock.advance(5000)
    signals.wake()
    await settled()
    expect(transport.sessions).toHaveLength(2)
  })
})

describe("hidden: 'keep'", () => {
  it('leaves the socket alone, and asks the peer when the page is seen again', async () => {
    const { clock, peer, signals, statuses } = await connected()
    signals.hide()
    await clock.advance(3_600_000)
    const before = peer.sent.length
    signals.show()
    expect(said(peer).slice(before)).toEqual([['ping']])
    await settled()
    expect(statuses).toEqual([])
  })

  it('connects while hidden', async () => {
    const kit = setup()
    kit.signals.hide()
    kit.transport.onDial((peer) => serve(peer))
    await kit.client.connect()
    expect(kit.client.status.get().status).toBe('connected')
  })
})

describe('hidden: pauseAfterMs', () => {
  const hidden = { pauseAfterMs: 30_000 }

  it('keeps the socket of a page that is hidden for less (edge 38)', async () => {
    const { clock, peer, signals, statuses } = await connected({ hidden })
    signals.hide()
    await clock.advance(29_999)
    signals.show()
    await clock.advance(3_600_000)
    expect([statuses, peer.closedBy]).toEqual([[], undefined])
  })

  it('closes the socket of a page that is hidden for longer, and comes back when it is seen (edge 38)', async () => {
    const { clock, peer, signals, statuses, transport } = await connected({ hidden })
    signals.hide()
    await clock.advance(30_000)
    expect([statuses, peer.closedBy]).toEqual([['paused'], { code: 1000, reason: '' }])
    await clock.advance(3_600_000)
    expect(transport.sessions).toHaveLength(1)
    signals.show()
    await settled()
    expect([statuses, transport.sessions.length]).toEqual([['paused', 'reconnecting', 'connected'], 2])
  })

  it('counts the time from the last time it was hidden', async () => {
    const { clock, signals, statuses } = await connected({ hidden })
    for (let time = 0; time < 5; time++) {
      signals.hide()
      await clock.advance(20_000)
      signals.show()
      await clock.advance(20_000)
    }
    signals.hide()
    signals.hide()
    await clock.advance(29_999)
    expect(statuses).toEqual([])
    await clock.advance(1)
    expect(statuses).toEqual(['paused'])
  })

  it('counts from the dial when the page is hidden already', async () => {
    const kit = setup({ hidden })
    kit.signals.hide()
    kit.transport.onDial((peer) => serve(peer))
    await kit.client.connect()
    await kit.clock.advance(30_000)
    expect(kit.statuses).toEqual(['connecting', 'connected', 'paused'])
  })

  it('dials nothing while hidden, whatever else is told', async () => {
    const { client, clock, signals, transport } = await connected({ hidden })
    signals.hide()
    await clock.advance(30_000)
    signals.online()
    signals.wake()
    signals.freeze()
    signals.resume()
    signals.pageshow()
    client.reconnectNow()
    client.reauthenticate()
    client.untyped('room').join()
    client.connect().catch(() => {})
    await clock.advance(3_600_000)
    expect(transport.sessions).toHaveLength(1)
    expect(client.status.get().status).toBe('paused')
  })

  it('goes on with what waits when the page is seen', async () => {
    const { client, clock, signals, transport } = await connected({ hidden })
    client.untyped('room').join()
    await clock.advance(0)
    signals.hide()
    await clock.advance(30_000)
    const receipt = client.untyped('room').publish('said', 1)
    signals.show()
    await settled()
    expect(await receipt).toMatchObject({ outcome: 'sent' })
    expect(said(transport.last).map(([word]) => word)).toEqual(['hello', 'subscribe', 'publish'])
  })

  it('stops a wait that is under way', async () => {
    const { clock, peer, signals, statuses, transport } = await connected({ hidden: { pauseAfterMs: 1000 } })
    tell(peer, 'advice', { retryAfterMs: 60_000 })
    signals.hide()
    peer.drop()
    await clock.advance(120_000)
    expect([statuses, transport.sessions.length]).toEqual([['reconnecting', 'paused'], 1])
  })

  it('needs every reason to pause to be gone', async () => {
    const { client, clock, signals, transport } = await connected({ hidden })
    signals.hide()
    await clock.advance(30_000)
    client.pause()
    signals.show()
    await clock.advance(10_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['paused', 1])
    client.resume()
    await settled()
    expect(client.status.get().status).toBe('connected')
  })

  it('is over with close(): a hidden page may be connected anew', async () => {
    const { client, clock, signals, statuses } = await connected({ hidden })
    signals.hide()
    await clock.advance(30_000)
    await client.close()
    await client.connect()
    await clock.advance(29_999)
    expect(statuses).toEqual(['paused', 'closed', 'connecting', 'connected'])
    await clock.advance(1)
    expect(statuses.at(-1)).toBe('paused')
  })
})

describe('hidden: closeAfterMs', () => {
  const hidden = { closeAfterMs: 30_000 }

  it('settles what waits as close() does, and starts anew when the page is seen', async () => {
    const { client, clock, peer, signals, statuses, transport } = await connected({ hidden })
    client.untyped('room').join()
    await clock.advance(0)
    const receipt = client.untyped('room').publish('said', 1, { delivery: 'at-least-once' })
    peer.stall()
    const lost = client.untyped('room').publish('said', 2, { delivery: 'at-least-once' })
    signals.hide()
    await clock.advance(30_000)
    expect((await receipt).outcome).toMatch(/acknowledged|unknown/)
    expect(await lost).toMatchObject({ outcome: 'unknown', error: { code: 'publish.unknown' } })
    expect(peer.closedBy).not.toBeUndefined()
    signals.show()
    await settled()
    expect(statuses.at(-1)).toBe('connected')
    expect(said(transport.last).map(([word]) => word)).toEqual(['hello', 'subscribe'])
    expect(client.untyped('room').status.get()).toEqual({ state: 'joined', continuity: 'unknown' })
  })

  it('keeps the socket of a page that is hidden for less', async () => {
    const { clock, signals, statuses } = await connected({ hidden })
    signals.hide()
    await clock.advance(29_999)
    signals.show()
    await clock.advance(3_600_000)
    expect(statuses).toEqual([])
  })

  it('does not dial until the page is seen', async () => {
    const { clock, signals, transport } = await connected({ hidden })
    signals.hide()
    await clock.advance(30_000)
    signals.online()
    signals.wake()
    await clock.advance(3_600_000)
    expect(transport.sessions).toHaveLength(1)
  })
})

describe('freeze and bfcache', () => {
  it('pagehide and pageshow take one new socket, and channels are taken up again (edge 41)', async () => {
    const { client, clock, peer, signals, statuses, transport } = await connected()
    client.untyped('room').join()
    await clock.advance(0)
    signals.pagehide()
    expect(peer.closedBy).toEqual({ code: 1000, reason: '' })
    await clock.advance(3_600_000)
    expect(clock.pending).toEqual([])
    signals.pageshow()
    signals.show()
    signals.resume()
    await clock.advance(1000)
    expect(transport.sessions).toHaveLength(2)
    expect(statuses).toEqual(['paused', 'reconnecting', 'connected'])
    expect(said(transport.last)).toEqual([
      ['hello', null],
      ['subscribe', 'room'],
    ])
  })

  it('ignores a close of the old socket that is delivered after pageshow (edge 42)', async () => {
    const { clock, peer, signals, statuses, transport } = await connected()
    signals.pagehide()
    signals.pageshow()
    await settled()
    peer.lateEnd({ code: 1006 })
    peer.lateFrame('["fail","stop","auth.failed"]')
    await clock.advance(1000)
    expect(statuses).toEqual(['paused', 'reconnecting', 'connected'])
    expect(transport.sessions).toHaveLength(2)
  })

  it('freeze and resume work without a change of visibility (edge 43)', async () => {
    const { clock, signals, statuses, transport } = await connected()
    signals.freeze()
    await clock.sleep(3_600_000)
    expect([statuses, transport.open]).toEqual([['paused'], []])
    signals.resume()
    await settled()
    expect([statuses, transport.sessions.length]).toEqual([['paused', 'reconnecting', 'connected'], 2])
  })

  it.each(['dialing', 'handshaking', 'waiting'])(
    'freeze while %s ends it and leaves no timer',
    async (state) => {
      const { clock, dial, signals, statuses, transport } = setup()
      const peer = await dial()
      if (state === 'handshaking') peer.accept()
      if (state === 'waiting') peer.refuse()
      await settled()
      signals.freeze()
      expect(clock.pending).toEqual([])
      signals.resume()
      await clock.advance(1000)
      expect([statuses, transport.sessions.length]).toEqual([['connecting', 'paused', 'connecting'], 2])
    },
  )

  it('waits for the gap between dials when it is thawed at once', async () => {
    const { clock, dial, signals, transport } = setup()
    await dial()
    for (let time = 0; time < 20; time++) {
      signals.freeze()
      signals.resume()
      await settled()
    }
    expect(transport.sessions).toHaveLength(1)
    await clock.advance(1000)
    expect(transport.sessions).toHaveLength(2)
  })

  it('a frozen page that is hidden stays paused until it is seen', async () => {
    const { clock, signals, transport } = await connected({ hidden: { pauseAfterMs: 1000 } })
    signals.hide()
    await clock.advance(1000)
    signals.freeze()
    signals.resume()
    await clock.advance(10_000)
    expect(transport.sessions).toHaveLength(1)
    signals.show()
    await settled()
    expect(transport.sessions).toHaveLength(2)
  })

  it('a page load is no reason to do anything', async () => {
    const { clock, dial, signals, transport } = setup()
    await dial()
    signals.pageshow()
    signals.show()
    await clock.advance(1000)
    expect(transport.sessions).toHaveLength(1)
  })

  it('starts counting failures anew', async () => {
    const { client, clock, signals, transport } = setup()
    transport.onDial((peer) => peer.refuse())
    client.connect().catch(() => {})
    await clock.advance(30_000)
    signals.freeze()
    expect(client.status.get()).toMatchObject({ status: 'paused', nextRetryAt: undefined })
    signals.resume()
    await clock.advance(0)
    expect(client.status.get().attempt).toBeLessThanOrEqual(1)
  })
})

describe('signals', () => {
  const all = [
    'online',
    'offline',
    'visible',
    'hidden',
    'freeze',
    'resume',
    'pagehide',
    'pageshow',
    'wake',
  ] as const

  it('never open what the user closed (edge 39)', async () => {
    const { client, clock, signals, transport } = await connected()
    await client.close()
    for (const signal of all) signals.emit(signal)
    await clock.advance(60_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['closed', 1])
  })

  it('never open what was not opened (edge 40)', async () => {
    const { client, clock, signals, transport } = setup()
    for (const signal of all) signals.emit(signal)
    await clock.advance(60_000)
    expect([client.status.get().status, transport.sessions]).toEqual(['idle', []])
  })

  it('never open what failed for good', async () => {
    const { client, clock, peer, signals, transport } = await connected()
    peer.end({ code: 4002 })
    await settled()
    for (const signal of all) signals.emit(signal)
    await clock.advance(60_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['failed', 1])
  })

  it('are listened to only while there is a connection to look after', async () => {
    const { client, connect, signals } = setup()
    expect(signals.listeners).toBe(0)
    const peer = await connect()
    expect(signals.listeners).toBe(1)
    peer.drop()
    await settled()
    expect(signals.listeners).toBe(1)
    await client.close()
    expect(signals.listeners).toBe(0)
  })

  it('are heard in a pause that comes before the dial', async () => {
    const { client, signals, transport, clock } = setup({ hidden: { pauseAfterMs: 0 } })
    signals.hide()
    client.connect().catch(() => {})
    await clock.advance(0)
    expect(client.status.get().status).toBe('paused')
    signals.show()
    await clock.advance(1000)
    expect(transport.open).toHaveLength(1)
  })
})

describe('process', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('may end with an open client when unref is on, whatever state it is in (edge 45)', async () => {
    const kit = setup({ unref: true })
    const keeps = () => kit.clock.pending.filter(({ keepsProcess }) => keepsProcess)
    const seen = [keeps()]
    const peer = await kit.dial()
    seen.push(keeps())
    await accept(peer)
    seen.push(keeps())
    peer.drop()
    await settled()
    seen.push(keeps())
    expect(seen).toEqual([[], [], [], []])
    expect(kit.clock.pending).toHaveLength(1)
  })

  it('is kept alive by a wait, and not by the heartbeat of an open socket, when unref is off', async () => {
    const { clock, connect } = setup()
    const peer = await connect()
    expect(clock.pending.map(({ keepsProcess }) => keepsProcess)).toEqual([false])
    peer.drop()
    await settled()
    expect(clock.pending.map(({ keepsProcess }) => keepsProcess)).toEqual([true])
  })

  it('without a WebSocket or a window may make a client: no throw, no timer, no dial (edge 44)', () => {
    vi.stubGlobal('WebSocket', undefined)
    const dials: string[] = []
    const arm = vi.spyOn(globalThis, 'setTimeout')
    const url = () => {
      dials.push('dial')
      return 'wss://far.example'
    }
    const client = createClient({ protocol: testProtocol(), url })
    client.untyped('room')
    expect([client.status.get().status, dials, arm.mock.calls]).toEqual(['idle', [], []])
    arm.mockRestore()
  })
})
