import { settled } from '@org/realtime-testing'
import { describe, expect, it, vi } from 'vitest'
import { createClient } from './client.ts'
import type { StatusSnapshot } from './status.ts'
import { accept, CLEAN, said, serve, setup, tell, testProtocol } from './test-setup.ts'

const never = (): Promise<never> => new Promise(() => {})
/** `pending`, `resolved`, or the error it was rejected with. */
async function outcome(promise: Promise<unknown>): Promise<unknown> {
  const late = settled().then(() => 'pending')
  return Promise.race([promise.then(() => 'resolved').catch((error: unknown) => error), late])
}

describe('connect()', () => {
  it('opens one socket however often it is called (edge 1)', async () => {
    const { client, transport } = setup()
    transport.onDial((peer) => serve(peer))
    await Promise.all([client.connect(), client.connect()])
    await client.connect()
    expect(transport.sessions).toHaveLength(1)
  })

  it('offers the subprotocols and the address as they are', async () => {
    const { dial } = setup({ url: async () => 'wss://far.example/socket?room=1' })
    const { target } = await dial()
    expect(target).toEqual({ url: 'wss://far.example/socket?room=1', subprotocols: ['test.v1'] })
  })

  it('resolves once the handshake is acknowledged, not before', async () => {
    const { client, dial, statuses } = setup()
    const peer = await dial()
    const ready = client.connect()
    peer.accept()
    expect(await outcome(ready)).toBe('pending')
    tell(peer, 'ready', {})
    expect(await outcome(ready)).toBe('resolved')
    expect(statuses).toEqual(['connecting', 'connected'])
  })

  it('resolves at once while connected', async () => {
    const { client, connect } = setup()
    await connect()
    expect(await outcome(client.connect())).toBe('resolved')
  })

  it('goes on waiting through failures that may pass', async () => {
    const { client, clock, transport } = setup()
    let dials = 0
    transport.onDial((peer) => (++dials < 5 ? peer.refuse() : serve(peer)))
    const ready = client.connect()
    await clock.advance(60_000)
    expect(await outcome(ready)).toBe('resolved')
  })

  it('rejects with the error that ended it for good', async () => {
    const { client, transport } = setup()
    const ready = client.connect()
    transport.onDial((peer) => {
      peer.accept()
      peer.end({ code: 4002 })
    })
    expect(await outcome(ready)).toMatchObject({ code: 'connection.refused' })
    expect(client.status.get()).toMatchObject({ status: 'failed', lastError: { code: 'connection.refused' } })
  })

  it('rejects when the client is closed', async () => {
    const { client } = setup()
    const ready = client.connect()
    client.close()
    expect(await outcome(ready)).toMatchObject({ code: 'connection.closed' })
  })

  it('rejects with the reason of its signal, and the connection lives on', async () => {
    const { client, connect, statuses } = setup()
    const controller = new AbortController()
    const ready = client.connect({ signal: controller.signal })
    const other = client.connect()
    controller.abort('bored')
    expect(await outcome(ready)).toBe('bored')
    await connect()
    expect(await outcome(other)).toBe('resolved')
    expect(statuses).toEqual(['connecting', 'connected'])
  })

  it('dials nothing when its signal is aborted already', async () => {
    const { client, transport } = setup()
    expect(await outcome(client.connect({ signal: AbortSignal.abort('bored') }))).toBe('bored')
    expect(transport.sessions).toHaveLength(0)
  })

  it('leaves no listener on its signal', async () => {
    const { client, connect } = setup()
    const { signal } = new AbortController()
    const remove = vi.spyOn(signal, 'removeEventListener')
    const ready = client.connect({ signal })
    await connect()
    await ready
    expect(remove).toHaveBeenCalledTimes(1)
  })

  it('dials again right after close(), while the old socket is still closing (edge 4)', async () => {
    let goodbyes = 0
    const protocol = testProtocol((link) => {
      link.goodbye = () => (goodbyes++ ? undefined : never())
    })
    const { client, connect, dial, transport, statuses } = setup({ protocol })
    const old = await connect()
    const closed = client.close()
    const peer = await dial()
    expect(await outcome(closed)).toBe('resolved')
    expect(old.closedBy).toEqual({ code: 1000, reason: '' })
    expect(transport.open).toEqual([peer])
    await accept(peer)
    expect(statuses).toEqual(['connecting', 'connected', 'closed', 'connecting', 'connected'])
  })

  it('wins over a close() that is still draining', async () => {
    const { client, clock, connect } = setup()
    await connect()
    client.untyped('room').publish('said', 1, { delivery: 'at-least-once' })
    const closed = client.close({ drainMs: 1000 })
    const ready = client.connect()
    await clock.advance(1000)
    expect([await outcome(closed), await outcome(ready)]).toEqual(['resolved', 'resolved'])
    expect(client.status.get().status).toBe('connected')
  })

  it('tries again after it failed', async () => {
    const { client, dial, connect, statuses } = setup()
    const peer = await dial()
    peer.accept()
    tell(peer, 'fail', 'stop', 'auth.failed')
    await settled()
    await connect()
    expect(statuses).toEqual(['connecting', 'failed', 'connecting', 'connected'])
    expect(client.status.get()).toMatchObject({ attempt: 0, lastError: undefined })
  })
})

describe('dial', () => {
  it('is given up after dialMs when it neither opens nor fails (edge 5)', async () => {
    const { client, clock, dial } = setup()
    const peer = await dial()
    await clock.advance(9999)
    expect(peer.closedBy).toBeUndefined()
    await clock.advance(1)
    expect(peer.closedBy).toBe('dead')
    const { attempt, lastError } = client.status.get()
    expect([attempt, lastError?.code, lastError?.message]).toEqual([
      1,
      'connection.timeout',
      expect.stringContaining('Dial'),
    ])
  })

  it('that opens without an acknowledgement is given up after handshakeMs (edge 6)', async () => {
    const { client, clock, dial } = setup()
    const peer = await dial()
    await clock.advance(9000)
    peer.accept()
    await clock.advance(9999)
    expect(peer.closedBy).toBeUndefined()
    await clock.advance(1)
    expect(peer.closedBy).toBe('dead')
    expect(client.status.get().lastError?.message).toContain('Handshake')
  })

  it('ignores an acknowledgement that comes after its time (edge 7)', async () => {
    const { client, clock, dial, transport } = setup()
    const peer = await dial()
    peer.accept()
    await clock.advance(10_000)
    peer.lateFrame('["ready",{}]')
    await settled()
    expect(client.status.get().status).toBe('connecting')
    await clock.advance(1000)
    expect(transport.sessions).toHaveLength(2)
  })

  it('never uses a socket that opens after it was given up (edge 8)', async () => {
    const { client, clock, dial } = setup()
    const peer = await dial()
    await clock.advance(10_000)
    peer.lateOpen()
    await settled()
    expect([peer.closedBy, peer.sent]).toEqual(['dead', []])
    expect(client.status.get().status).toBe('connecting')
  })

  it('that can never work fails for good (edge 9)', async () => {
    const { client, transport } = setup({ url: 'not an address' })
    expect(await outcome(client.connect())).toMatchObject({ code: 'option.invalid' })
    expect([client.status.get().status, transport.sessions]).toEqual(['failed', []])
  })

  it('that throws for another reason is tried again (edge 9)', async () => {
    const { client, clock, transport } = setup()
    transport.failDial(new TypeError('Mixed content'))
    transport.onDial((peer) => serve(peer))
    const ready = client.connect()
    await settled()
    const { attempt, lastError } = client.status.get()
    expect([attempt, lastError?.code, lastError?.cause]).toEqual([
      1,
      'connection.lost',
      new TypeError('Mixed content'),
    ])
    await clock.advance(1000)
    expect(await outcome(ready)).toBe('resolved')
  })

  it('counts an error that a close follows as one failure (edge 10)', async () => {
    const { client, clock, dial } = setup()
    const peer = await dial()
    peer.refuse({ error: new Error('Network') })
    peer.lateEnd({ code: 1006 })
    await clock.advance(0)
    expect(client.status.get().attempt).toBe(1)
  })

  it.each([
    ['a close without an error', { code: 1006, reason: '' }],
    ['an error without a close', { error: new Error('Network') }],
    ['neither', {}],
  ])('is tried again after %s (edge 11)', async (_, end) => {
    const { client, clock, dial, transport } = setup()
    const peer = await dial()
    peer.refuse(end)
    await clock.advance(1000)
    expect(transport.sessions).toHaveLength(2)
    expect(client.status.get().lastError).toMatchObject({ code: 'connection.lost' })
  })

  it('tells the status of a refused upgrade', async () => {
    const { client, dial } = setup()
    const peer = await dial()
    peer.refuse({ status: 429 })
    await settled()
    expect(client.status.get().lastError?.details).toEqual({ status: 429, url: 'wss://far.example/socket' })
  })

  it('is made anew after a drop during the handshake', async () => {
    const { clock, dial, transport, statuses } = setup()
    const peer = await dial()
    peer.accept()
    await settled()
    peer.drop()
    await clock.advance(1000)
    expect(transport.sessions).toHaveLength(2)
    expect(statuses).toEqual(['connecting'])
  })
})

describe('close()', () => {
  it('before the socket opens gives it up and never uses it (edge 2)', async () => {
    const { client, dial, statuses } = setup()
    const peer = await dial()
    await client.close()
    peer.accept()
    await settled()
    expect([peer.closedBy, peer.sent]).toEqual([{ code: 1000, reason: '' }, []])
    expect(statuses).toEqual(['connecting', 'closed'])
  })

  it('during the credential fetch makes no socket (edge 3)', async () => {
    let give = (_: string): void => {}
    const credentials = () => new Promise<string>((resolve) => (give = resolve))
    const { client, dial, transport } = setup({ credentials })
    await expect(dial()).rejects.toThrow('Nothing was dialled')
    await client.close()
    give('late')
    await settled()
    expect(transport.sessions).toEqual([])
  })

  it('during a credential fetch that hangs leaves no timer (edge 3)', async () => {
    const { client, clock } = setup({ credentials: never, url: never })
    client.connect().catch(() => {})
    await settled()
    await client.close()
    expect(clock.pending).toEqual([])
  })

  it('says goodbye, then closes with 1000', async () => {
    const { client, connect } = setup()
    const peer = await connect()
    await client.close()
    expect(said(peer)).toEqual([['hello', null], ['goodbye']])
    expect(peer.closedBy).toEqual({ code: 1000, reason: '' })
  })

  it('waits for a goodbye that takes its time, but no longer than probeMs', async () => {
    const protocol = testProtocol((link) => {
      link.goodbye = never
    })
    const { client, clock, connect, transport } = setup({ protocol })
    await connect()
    const closed = client.close()
    await clock.advance(1999)
    expect([await outcome(closed), transport.open.length]).toEqual(['pending', 1])
    await clock.advance(1)
    expect([await outcome(closed), transport.open.length]).toEqual(['resolved', 0])
  })

  it('is over when the peer ends the session during the goodbye', async () => {
    const protocol = testProtocol((link) => {
      link.goodbye = never
    })
    const { client, connect, left } = setup({ protocol })
    const peer = await connect()
    const closed = client.close()
    peer.drop()
    expect(await outcome(closed)).toBe('resolved')
    expect(left()).toEqual(CLEAN)
  })

  it('survives a goodbye that throws', async () => {
    const protocol = testProtocol((link) => {
      link.goodbye = () => {
        throw new Error('mine')
      }
    })
    const { client, connect } = setup({ protocol })
    const peer = await connect()
    await client.close()
    expect([client.status.get().status, peer.closedBy]).toEqual(['closed', { code: 1000, reason: '' }])
  })

  it('shows `closed` at once, and delivers nothing during the goodbye', async () => {
    const protocol = testProtocol((link) => {
      link.goodbye = never
    })
    const { client, connect, clock } = setup({ protocol })
    const heard: unknown[] = []
    client.untyped('room').on('said', (value) => heard.push(value))
    const peer = await connect()
    tell(peer, 'joined', 'room')
    tell(peer, 'message', 'room', 'said', 1)
    await settled()
    client.close()
    expect(client.status.get().status).toBe('closed')
    tell(peer, 'message', 'room', 'said', 2)
    await clock.advance(2000)
    expect(heard).toEqual([1])
  })

  it('tells of no fault during the goodbye (edge 85)', async () => {
    const protocol = testProtocol((link) => {
      link.goodbye = never
    })
    const { client, clock, connect, errors } = setup({ protocol })
    const peer = await connect()
    client.close()
    peer.send('garbage')
    tell(peer, 'error', 'protocol.violation')
    tell(peer, 'fail', 'stop', 'auth.failed')
    await clock.advance(2000)
    expect([client.status.get().status, errors]).toEqual(['closed', []])
  })

  it('ends once however often it is called', async () => {
    const { client, connect } = setup()
    const peer = await connect()
    await Promise.all([client.close(), client.close()])
    await client.close()
    expect(said(peer)).toEqual([['hello', null], ['goodbye']])
  })

  it('sends what waits, and waits for its acknowledgement, with drainMs', async () => {
    const { client, clock, dial } = setup()
    const receipt = client.untyped('room').publish('said', 1, { delivery: 'at-least-once' })
    const peer = await dial()
    const closed = client.close({ drainMs: 5000 })
    await accept(peer)
    const [, id] = said(peer)[1]?.slice(2) ?? []
    await clock.advance(1000)
    expect(await outcome(closed)).toBe('pending')
    tell(peer, 'settled', id, 'acknowledged')
    expect(await outcome(closed)).toBe('resolved')
    expect(await receipt).toMatchObject({ outcome: 'acknowledged' })
    expect(said(peer).at(-1)).toEqual(['goodbye'])
  })

  it('settles what is left when drainMs is over', async () => {
    const { client, clock, connect } = setup()
    const peer = await connect()
    const asked = client.untyped('room').publish('said', 1, { delivery: 'at-least-once' })
    peer.drop()
    await settled()
    const waiting = client.untyped('room').publish('said', 2)
    const closed = client.close({ drainMs: 20 })
    await clock.advance(20)
    expect(await outcome(closed)).toBe('resolved')
    expect([await asked, await waiting]).toMatchObject([
      { outcome: 'unknown', error: { code: 'publish.unknown' } },
      { outcome: 'dropped', error: { details: { reason: 'closed' } } },
    ])
  })

  it('during a wait dials nothing more and settles every promise at once (edge 87)', async () => {
    const { client, clock, dial, transport } = setup()
    const ready = client.connect()
    const receipt = client.untyped('room').publish('said', 1)
    const peer = await dial()
    peer.refuse()
    await settled()
    const closed = client.close()
    expect(clock.pending).toEqual([])
    expect(await outcome(closed)).toBe('resolved')
    expect(await outcome(ready)).toMatchObject({ code: 'connection.closed' })
    expect(await receipt).toMatchObject({ outcome: 'dropped', error: { details: { reason: 'closed' } } })
    await clock.advance(60_000)
    expect(transport.sessions).toHaveLength(1)
  })

  const states: Record<string, (kit: ReturnType<typeof setup>) => Promise<unknown>> = {
    idle: async () => {},
    dialing: ({ dial }) => dial(),
    async handshaking({ dial }) {
      ;(await dial()).accept()
    },
    connected: ({ connect }) => connect(),
    async suspect({ connect, signals }) {
      await connect()
      signals.wake()
    },
    async waiting({ dial }) {
      ;(await dial()).refuse()
    },
    async 'handing over'({ connect, clock }) {
      tell(await connect(), 'advice', { drainMs: 0 })
      await clock.advance(0)
      await clock.advance(0)
    },
    async paused({ connect, signals }) {
      await connect()
      signals.freeze()
    },
    async failed({ dial }) {
      ;(await dial()).refuse({ code: 4002 })
    },
    async 'closing in a while'({ client, connect }) {
      const leave = client.untyped('room').join()
      await connect()
      leave()
    },
  }
  it.each(Object.keys(states))('leaves no timer, session or listener behind when %s', async (name) => {
    const kit = setup()
    await states[name]?.(kit)
    await settled()
    await kit.client.close()
    expect(kit.left()).toEqual(CLEAN)
    const { length } = kit.transport.sessions
    await kit.clock.advance(3_600_000)
    expect(kit.transport.sessions).toHaveLength(length)
  })
})

describe('status', () => {
  it('starts as this', () => {
    const { client, clock } = setup()
    expect(client.status.get()).toEqual({
      status: 'idle',
      attempt: 0,
      nextRetryAt: undefined,
      since: clock.date(),
      everConnected: false,
      health: 'ok',
      rttMs: undefined,
      lastError: undefined,
    })
  })

  it('is an immutable snapshot, from the first on', async () => {
    const { client, connect } = setup()
    expect(Object.isFrozen(client.status.get())).toBe(true)
    await connect()
    expect(Object.isFrozen(client.status.get())).toBe(true)
  })

  it('keeps its identity until something changes', async () => {
    const { client, clock, connect } = setup()
    const peer = await connect()
    const before = client.status.get()
    tell(peer, 'message', 'room', 'said', 1)
    await clock.advance(20_000)
    client.reconnectNow
    expect(client.status.get()).toBe(before)
  })

  it('is replaced, never changed', async () => {
    const { client, connect } = setup()
    const seen: [StatusSnapshot, string][] = []
    client.status.subscribe((snapshot) => seen.push([snapshot, JSON.stringify(snapshot)]))
    const peer = await connect()
    peer.drop()
    await settled()
    expect(seen.map(([snapshot]) => JSON.stringify(snapshot))).toEqual(seen.map(([, text]) => text))
    expect(new Set(seen.map(([snapshot]) => snapshot)).size).toBe(seen.length)
  })

  it('holds already when it is told', async () => {
    const { client, connect } = setup()
    const pairs: boolean[] = []
    client.status.subscribe((snapshot) => pairs.push(client.status.get() === snapshot))
    await connect()
    expect(pairs).toEqual([true, true])
  })

  it('tells the wall-clock time of the next try while one is waited for', async () => {
    const { client, clock, dial, transport } = setup()
    const peer = await dial()
    expect(client.status.get().nextRetryAt).toBeUndefined()
    peer.refuse()
    await settled()
    const { nextRetryAt = 0 } = client.status.get()
    await clock.advance(nextRetryAt - clock.date() - 0.001)
    expect(transport.sessions).toHaveLength(1)
    await clock.advance(0.002)
    expect(transport.sessions).toHaveLength(2)
    expect(client.status.get().nextRetryAt).toBeUndefined()
  })

  it('tells since when it holds, whatever else changes', async () => {
    const { client, clock, dial } = setup()
    const start = clock.date()
    const peer = await dial()
    await clock.advance(10)
    peer.refuse()
    await clock.advance(0)
    expect(client.status.get()).toMatchObject({ status: 'connecting', attempt: 1, since: start })
    await clock.advance(1500)
    await accept(await dial())
    expect(client.status.get()).toMatchObject({ status: 'connected', since: start + 1510 })
  })

  it('counts failures, and shows none while connected', async () => {
    const { client, clock, transport } = setup()
    const attempts: number[] = []
    client.status.subscribe(({ attempt }) => attempt !== attempts.at(-1) && attempts.push(attempt))
    let dials = 0
    transport.onDial((peer) => (++dials < 4 ? peer.refuse() : serve(peer)))
    client.connect().catch(() => {})
    await clock.advance(60_000)
    expect(attempts).toEqual([0, 1, 2, 3, 0])
  })

  it('says `connecting` before the first success and `reconnecting` after it', async () => {
    const { clock, connect, transport, statuses } = setup()
    const peer = await connect()
    peer.drop()
    await clock.advance(1000)
    transport.last.refuse()
    await clock.advance(2000)
    await accept(transport.last)
    expect(statuses).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
  })

  it('says `connecting` again after a close, and remembers that it was connected once', async () => {
    const { client, connect, dial } = setup()
    await connect()
    await client.close()
    await dial()
    expect(client.status.get()).toMatchObject({ status: 'connecting', everConnected: true })
  })

  it('tells why the connection was lost until it is back', async () => {
    const { client, clock, connect, transport } = setup()
    const peer = await connect()
    peer.end({ code: 1012, reason: 'restart' })
    await settled()
    const { lastError } = client.status.get()
    expect(lastError).toMatchObject({ code: 'connection.lost', details: { code: 1012, reason: 'restart' } })
    await clock.advance(1000)
    await accept(transport.last)
    expect(client.status.get().lastError).toBeUndefined()
  })

  it('is not told to a listener that was removed during the same change (edge 84)', async () => {
    const { client, connect } = setup()
    const heard: string[] = []
    client.status.subscribe(() => remove())
    const remove = client.status.subscribe(({ status }) => heard.push(status))
    await connect()
    expect(heard).toEqual([])
  })

  it('is told to the others when a listener throws, which is an error event (edge 83)', async () => {
    const { client, connect, errors } = setup()
    const heard: string[] = []
    const remove = client.status.subscribe(() => {
      throw new Error('mine')
    })
    client.status.subscribe(({ status }) => heard.push(status))
    await connect()
    remove()
    expect(heard).toEqual(['connecting', 'connected'])
    expect(errors.splice(0)).toEqual(['listener.failed', 'listener.failed'])
  })
})

describe('verdict', () => {
  const codes = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015]

  it.each([...codes, 3000, 3999, 4000, 4999])(
    'retries after close code %i unless the protocol knows it (edge 79)',
    async (code) => {
      const { client, clock, connect, transport } = setup()
      const peer = await connect()
      peer.end({ code, reason: 'why' })
      await settled()
      const { status, lastError } = client.status.get()
      expect([status, lastError?.details]).toEqual([
        'reconnecting',
        { code, reason: 'why', url: 'wss://far.example/socket' },
      ])
      await clock.advance(1000)
      expect(transport.sessions).toHaveLength(2)
    },
  )

  it.each([
    [4001, 'auth.failed'],
    [4002, 'connection.refused'],
  ])('stops at close code %i because the protocol says so (edge 79)', async (code, error) => {
    const { client, clock, connect, transport } = setup()
    const peer = await connect()
    peer.end({ code })
    await clock.advance(60_000)
    expect(client.status.get()).toMatchObject({ status: 'failed', attempt: 0, lastError: { code: error } })
    expect(transport.sessions).toHaveLength(1)
  })

  it('comes back without a backoff when the protocol says so, but not before the gap between dials (edge 79)', async () => {
    const { client, clock, connect, transport } = setup()
    const peer = await connect()
    await clock.advance(400)
    peer.end({ code: 4100 })
    await settled()
    expect(client.status.get().nextRetryAt).toBe(clock.date() + 600)
    await clock.advance(600)
    expect(transport.sessions).toHaveLength(2)
  })

  it('comes back at once when the gap is over', async () => {
    const { clock, connect, transport } = setup()
    const peer = await connect()
    await clock.advance(1000)
    peer.end({ code: 4100 })
    await clock.advance(0)
    await clock.advance(0)
    expect(transport.sessions).toHaveLength(2)
  })

  it.each([
    ['too long', 'x'.repeat(5000)],
    ['no JSON', '{"retry":'],
    ['wrong JSON', '{"__proto__":null,"reconnect":"yes"}'],
    ['emoji', '💥'.repeat(40)],
    ['empty', ''],
  ])('does not depend on a reason that is %s (edge 80)', async (_, reason) => {
    const { client, clock, connect, transport } = setup()
    const peer = await connect()
    peer.end({ code: 1011, reason })
    await clock.advance(1000)
    expect(transport.sessions).toHaveLength(2)
    expect(client.status.get().lastError?.details).toMatchObject({ code: 1011, ...(reason && { reason }) })
  })

  it.each([
    ['retry', 'connecting'],
    ['retry-now', 'connecting'],
    ['stop', 'failed'],
  ])('`%s` of a handshake that is refused leads to `%s`', async (verdict, status) => {
    const { client, dial } = setup()
    const peer = await dial()
    peer.accept()
    tell(peer, 'fail', verdict, 'auth.failed')
    await settled()
    expect(client.status.get()).toMatchObject({ status, lastError: { code: 'auth.failed' } })
    expect(peer.closedBy).toEqual({ code: 1000, reason: '' })
  })
})

describe('holds', () => {
  it('dials for the first channel, and closes idleCloseMs after the last has gone', async () => {
    const { client, clock, transport, statuses } = setup({ subscribe: { lingerMs: 0 } })
    expect(transport.sessions).toEqual([])
    const stop = client.untyped('room').on('said', () => {})
    await settled()
    const peer = await accept(transport.last)
    tell(peer, 'joined', 'room')
    stop()
    await clock.advance(4999)
    expect(peer.closedBy).toBeUndefined()
    await clock.advance(1)
    expect([peer.closedBy, said(peer).at(-1)]).toEqual([{ code: 1000, reason: '' }, ['goodbye']])
    expect(statuses).toEqual(['connecting', 'connected', 'idle'])
  })

  it('dials for a publish until that is settled', async () => {
    const { client, clock, transport, statuses } = setup()
    transport.onDial((peer) => serve(peer))
    const receipt = await client.untyped('room').publish('said', 1, { delivery: 'at-least-once' })
    expect(receipt).toMatchObject({ outcome: 'acknowledged' })
    await clock.advance(5000)
    expect(statuses).toEqual(['connecting', 'connected', 'idle'])
  })

  it('stays open until close() after connect()', async () => {
    const { client, clock, transport, statuses } = setup()
    transport.onDial((peer) => serve(peer))
    await client.connect()
    await clock.advance(3_600_000)
    expect(statuses).toEqual(['connecting', 'connected'])
  })

  it('goes on with the same socket when something needs it again in time', async () => {
    const { client, clock, transport } = setup({ subscribe: { lingerMs: 0 } })
    transport.onDial((peer) => serve(peer))
    client.untyped('room').join()()
    const leave = client.untyped('room').join()
    await clock.advance(0)
    leave()
    await clock.advance(4999)
    client.untyped('other').join()
    await clock.advance(60_000)
    expect(transport.sessions).toHaveLength(1)
  })

  it('stops trying when nothing needs it any more', async () => {
    const { client, clock, transport, statuses } = setup({ subscribe: { lingerMs: 0 } })
    transport.onDial((peer) => peer.refuse())
    const leave = client.untyped('room').join()
    await clock.advance(2000)
    leave()
    await clock.advance(60_000)
    expect(statuses).toEqual(['connecting', 'idle'])
    expect(clock.pending).toEqual([])
  })

  it('lets go of a publish that a listener of its own dial settles (edge 82)', async () => {
    const { client, clock, transport, statuses } = setup()
    transport.onDial((peer) => serve(peer))
    const stop = client.status.subscribe(() => {
      stop()
      client.reauthenticate({ newIdentity: true })
    })
    const receipt = await client.untyped('room').publish('said', 1)
    expect(receipt).toMatchObject({ outcome: 'dropped', error: { details: { reason: 'identity' } } })
    await clock.advance(60_000)
    expect(statuses.at(-1)).toBe('idle')
  })

  it('does not reopen what the user closed', async () => {
    const { client, clock, connect, transport } = setup()
    await connect()
    await client.close()
    const stop = client.untyped('room').on('said', () => {})
    await clock.advance(60_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['closed', 1])
    stop()
  })

  it('dials again for the channels that are left, when connect() follows close()', async () => {
    const { client, transport } = setup()
    transport.onDial((peer) => serve(peer))
    client.untyped('room').on('said', () => {})
    await client.connect()
    await client.close()
    await client.connect()
    await settled()
    expect(said(transport.last)).toEqual([
      ['hello', null],
      ['subscribe', 'room'],
    ])
  })

  it('unmounted and mounted again in one tick takes one socket and one subscribe (edge 47)', async () => {
    const { client, clock, transport } = setup()
    transport.onDial((peer) => serve(peer))
    const mount = () => client.untyped('room').on('said', () => {})
    mount()()
    mount()
    await clock.advance(60_000)
    expect(transport.sessions).toHaveLength(1)
    expect(said(transport.last).filter(([word]) => word !== 'ping')).toEqual([
      ['hello', null],
      ['subscribe', 'room'],
    ])
  })

  it('dials nothing until something needs it (edge 44)', async () => {
    const { client, clock, transport, left } = setup()
    client.reconnectNow()
    client.reauthenticate()
    client.resume()
    client.untyped('room')
    await clock.advance(60_000)
    expect([transport.sessions, left()]).toEqual([[], CLEAN])
  })
})

describe('pause()', () => {
  it('closes the socket, waits for resume() and comes back by a new one', async () => {
    const { client, clock, connect, transport, statuses } = setup()
    const peer = await connect()
    await clock.advance(60_000 - 36_000)
    client.pause()
    expect([peer.closedBy, said(peer).at(-1)]).toEqual([{ code: 1000, reason: '' }, ['goodbye']])
    await clock.advance(3_600_000)
    expect(transport.sessions).toHaveLength(1)
    client.resume()
    await settled()
    await accept(transport.last)
    expect(statuses).toEqual(['connecting', 'connected', 'paused', 'reconnecting', 'connected'])
  })

  it.each(['dialing', 'waiting'] as const)('stops what is under way while %s', async (state) => {
    const { client, clock, dial, transport } = setup()
    const peer = await dial()
    if (state === 'waiting') peer.refuse()
    await settled()
    client.pause()
    expect(clock.pending).toEqual([])
    await clock.advance(60_000)
    expect([transport.open, transport.sessions.length]).toEqual([[], 1])
  })

  it('before connect() holds the dial back', async () => {
    const { client, clock, transport, statuses } = setup()
    client.pause()
    const ready = client.connect()
    await clock.advance(60_000)
    expect([statuses, transport.sessions]).toEqual([['paused'], []])
    transport.onDial((peer) => serve(peer))
    client.resume()
    expect(await outcome(ready)).toBe('resolved')
  })

  it('is not undone by the page, the network or reconnectNow()', async () => {
    const { client, clock, connect, signals, transport } = setup()
    await connect()
    client.pause()
    signals.hide()
    signals.show()
    signals.online()
    signals.resume()
    signals.pageshow()
    signals.wake()
    client.reconnectNow()
    await clock.advance(60_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['paused', 1])
  })

  it('starts counting failures anew', async () => {
    const { client, clock, transport } = setup()
    transport.onDial((peer) => peer.refuse())
    client.connect().catch(() => {})
    await clock.advance(20_000)
    expect(client.status.get().attempt).toBeGreaterThan(3)
    client.pause()
    client.resume()
    await clock.advance(1000)
    expect(client.status.get().attempt).toBeLessThanOrEqual(2)
  })

  it('goes idle on resume() when nothing needs the connection any more', async () => {
    const { client, clock, transport } = setup({ subscribe: { lingerMs: 0 } })
    const leave = client.untyped('room').join()
    await settled()
    client.pause()
    leave()
    await clock.advance(60_000)
    client.resume()
    await clock.advance(60_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['idle', 1])
  })
})

describe('re-entrancy', () => {
  it('lets a listener close the client the moment it connects (edge 82)', async () => {
    const { client, dial, statuses, transport } = setup()
    client.status.subscribe(({ status }) => status === 'connected' && client.close())
    const peer = await dial()
    await accept(peer)
    expect(statuses).toEqual(['connecting', 'connected', 'closed'])
    expect(transport.open).toEqual([])
  })

  it('lets a listener close the client the moment it is lost (edge 82)', async () => {
    const { client, clock, connect, statuses, transport } = setup()
    client.status.subscribe(({ status }) => status === 'reconnecting' && client.close())
    const peer = await connect()
    peer.drop()
    await clock.advance(60_000)
    expect(statuses).toEqual(['connecting', 'connected', 'reconnecting', 'closed'])
    expect(transport.sessions).toHaveLength(1)
  })

  it('lets a listener connect again the moment it is closed (edge 82)', async () => {
    const { client, clock, connect, transport, statuses } = setup()
    await connect()
    const stop = client.status.subscribe(
      ({ status }) => status === 'closed' && client.connect().catch(() => {}),
    )
    await client.close()
    await clock.advance(0)
    expect(statuses).toEqual(['connecting', 'connected', 'closed', 'connecting'])
    expect(transport.open).toHaveLength(1)
    stop()
  })

  it('lets a listener try again the moment it fails (edge 82)', async () => {
    const { client, clock, dial, statuses, transport } = setup()
    const stop = client.status.subscribe(
      ({ status }) => status === 'failed' && client.connect().catch(() => {}),
    )
    const peer = await dial()
    peer.accept()
    tell(peer, 'fail', 'stop', 'auth.failed')
    await clock.advance(0)
    expect(statuses).toEqual(['connecting', 'failed', 'connecting'])
    expect(transport.open).toHaveLength(1)
    stop()
  })

  it('lets a listener pause and resume the moment it connects (edge 82)', async () => {
    const { client, clock, dial, statuses, transport } = setup()
    const stop = client.status.subscribe(({ status }) => {
      if (status !== 'connected') return
      stop()
      client.pause()
      client.resume()
    })
    await accept(await dial())
    await clock.advance(1000)
    expect(statuses).toEqual(['connecting', 'connected', 'paused', 'reconnecting'])
    expect(transport.open).toHaveLength(1)
  })

  it.each(['drop', 'pause'] as const)(
    'keeps the client closed when a channel closes it during a %s (edge 82)',
    async (how) => {
      const { client, clock, connect, transport } = setup()
      const room = client.untyped('room')
      room.join()
      const peer = await connect()
      tell(peer, 'joined', 'room')
      await settled()
      room.status.subscribe(({ state }) => state === 'joining' && client.close())
      if (how === 'drop') peer.drop()
      else client.pause()
      await clock.advance(60_000)
      expect([client.status.get().status, transport.sessions.length]).toEqual(['closed', 1])
      expect(clock.pending).toEqual([])
    },
  )

  it('keeps the client closed when a channel closes it during a handover (edge 82)', async () => {
    const { client, clock, connect, transport } = setup({ subscribe: { joinMs: 60_000 } })
    const room = client.untyped('room')
    room.join()
    const old = await connect()
    tell(old, 'joined', 'room')
    await clock.advance(10_000)
    tell(old, 'advice', { drainMs: 0 })
    await clock.advance(0)
    await clock.advance(0)
    await accept(transport.last)
    room.status.subscribe(({ state }) => state === 'joining' && client.close())
    await clock.advance(60_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['closed', 2])
    expect([transport.open, clock.pending]).toEqual([[], []])
  })

  it('keeps the client closed when a trace listener closes it during a drop (edge 82)', async () => {
    const { client, clock, connect, transport } = setup()
    const peer = await connect()
    client.trace.subscribe(({ type }) => (type === 'transition' || type === 'delay') && client.close())
    peer.drop()
    await clock.advance(60_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['closed', 1])
  })

  it('lets a listener of one channel join another (edge 82)', async () => {
    const { client, transport, clock } = setup()
    transport.onDial((peer) => serve(peer))
    client.status.subscribe(({ status }) => status === 'connected' && client.untyped('late').join())
    client.untyped('room').join()
    await clock.advance(0)
    expect(said(transport.last).slice(1)).toEqual([['subscribe', 'room', 'late']])
  })

  it('delivers nothing after a close() inside a message listener (edge 85)', async () => {
    const { client, connect, clock, statuses } = setup()
    const heard: unknown[] = []
    client.untyped('room').on('said', (value) => {
      heard.push(value)
      client.close()
    })
    const peer = await connect()
    tell(peer, 'joined', 'room')
    for (const value of [1, 2, 3]) tell(peer, 'message', 'room', 'said', value)
    await clock.advance(60_000)
    expect(heard).toEqual([1])
    expect(statuses).toEqual(['connecting', 'connected', 'closed'])
  })

  it('tells every listener the changes in one order (edge 86)', async () => {
    const { client, connect } = setup()
    const second: string[] = []
    client.status.subscribe(({ status }) => status === 'connected' && client.pause())
    client.status.subscribe(({ status }) => second.push(status))
    await connect()
    expect(second).toEqual(['connecting', 'connected', 'paused'])
  })

  it('goes on when a message listener throws (edge 83)', async () => {
    const { client, connect, errors } = setup()
    const heard: unknown[] = []
    const room = client.untyped('room')
    room.on('said', () => {
      throw new Error('mine')
    })
    room.on('said', (value) => heard.push(value))
    const peer = await connect()
    tell(peer, 'joined', 'room')
    tell(peer, 'message', 'room', 'said', 1)
    tell(peer, 'message', 'room', 'said', 2)
    await settled()
    expect([heard, client.status.get().status]).toEqual([[1, 2], 'connected'])
    expect(errors.splice(0)).toEqual(['listener.failed', 'listener.failed'])
  })

  it('survives an error listener that throws (edge 83)', async () => {
    const { client, connect, errors } = setup()
    client.onError(() => {
      throw new Error('mine')
    })
    const peer = await connect()
    peer.send('garbage')
    await settled()
    expect(client.status.get().status).toBe('connected')
    expect(errors.splice(0)).toEqual(['message.malformed'])
  })
})

describe('options', () => {
  const create = (options: object) => () =>
    createClient({ protocol: testProtocol(), url: 'wss://x.example', ...options })
  const zeroIsFine = new Set([
    'factor',
    'floorMs',
    'firstMs',
    'jitter',
    'stableMs',
    'maxAttempts',
    'maxElapsedMs',
    'minDialGapMs',
    'idleCloseMs',
    'pauseAfterMs',
    'closeAfterMs',
    'lingerMs',
    'messages',
    'bytes',
    'ttlMs',
    'lowWaterBytes',
    'traceLimit',
  ])
  const numbers = {
    backoff: [
      'baseMs',
      'factor',
      'capMs',
      'floorMs',
      'firstMs',
      'jitter',
      'stableMs',
      'maxAttempts',
      'maxElapsedMs',
    ],
    connection: ['dialMs', 'handshakeMs', 'probeMs', 'minDialGapMs', 'idleCloseMs'],
    heartbeat: ['receiveIdleMs', 'answerMs', 'sendIdleMs'],
    outbox: ['messages', 'bytes', 'ttlMs', 'highWaterBytes', 'lowWaterBytes'],
    subscribe: ['inFlight', 'joinMs', 'lingerMs'],
    hidden: ['pauseAfterMs', 'closeAfterMs'],
  }
  const cases = Object.entries(numbers).flatMap(([group, names]) =>
    names.map((name) => [group, name] as const),
  )

  it.each(cases)('refuses %s.%s that is out of range, and names it', (group, name) => {
    const bad = [-1, NaN, '1000', ...(zeroIsFine.has(name) ? [] : [0])]
    const found = bad.map((value) => {
      try {
        create({ [group]: { [name]: value } })()
        return ['accepted', value]
      } catch (error) {
        const { code, details } = error as { code: string; details: { option: string } }
        return [code, details.option]
      }
    })
    expect(found).toEqual(bad.map(() => ['option.invalid', `${group}.${name}`]))
  })

  it.each([-1, NaN, '10'])('refuses a traceLimit of %j', (traceLimit) => {
    expect(create({ traceLimit })).toThrow('[option.invalid] Option traceLimit')
  })

  it('refuses a factor below 1 and a jitter above 1', () => {
    expect(create({ backoff: { factor: 0.5 } })).toThrow('backoff.factor')
    expect(create({ backoff: { jitter: 1.1 } })).toThrow('backoff.jitter')
  })

  it('takes undefined for the default', () => {
    expect(create({ backoff: { baseMs: undefined }, connection: { dialMs: undefined } })).not.toThrow()
  })
})
