import { createFakeClock, settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { provide } from './credentials.ts'
import { RealtimeError } from './errors.ts'
import { accept, said, serve, setup, tell, testProtocol } from './test-setup.ts'

/** A provider whose calls the test answers, in any order. */
function calls<T = unknown>() {
  const open: { resolve(value: T): void; reject(error: unknown): void }[] = []
  const provider = (): Promise<T> => new Promise<T>((resolve, reject) => open.push({ resolve, reject }))
  return Object.assign(provider, { open })
}

const refused = (retry?: boolean): RealtimeError =>
  new RealtimeError('auth.failed', 'Token refused', retry === undefined ? {} : { retry })

const noRefresh = () =>
  testProtocol((link) => {
    delete link.refresh
  })

describe('provide', () => {
  const setupProvider = (provider: unknown) => {
    const clock = createFakeClock()
    return { clock, provided: provide(provider as () => unknown, 'credentials', clock, 10_000) }
  }

  it.each(['token', '', undefined, null, 0, { user: 1 }])('gives the value %j as it is', async (value) => {
    const { clock, provided } = setupProvider(value)
    expect(await provided.get()).toBe(value)
    expect(clock.pending).toEqual([])
  })

  it('calls a function afresh each time', async () => {
    let count = 0
    const { provided } = setupProvider(() => ++count)
    expect([await provided.get(), await provided.get()]).toEqual([1, 2])
  })

  it('calls it once for everybody who asks while it is at work (edge 76)', async () => {
    const provider = calls()
    const { clock, provided } = setupProvider(provider)
    const gets = [provided.get(), provided.get(), provided.get()]
    await settled()
    expect(provider.open).toHaveLength(1)
    provider.open[0]?.resolve('token')
    expect(await Promise.all(gets)).toEqual(['token', 'token', 'token'])
    expect(clock.pending).toEqual([])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('mine')
      },
    ],
    ['rejects', () => Promise.reject(new Error('mine'))],
  ])('wraps what a function %s as worth another try (edge 12)', async (_, provider) => {
    const { clock, provided } = setupProvider(provider)
    const error: unknown = await provided.get().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'auth.failed', details: { retry: true }, cause: new Error('mine') })
    expect(clock.pending).toEqual([])
  })

  it('keeps an error that says that the refusal is final (edge 77)', async () => {
    const error = refused()
    const { provided } = setupProvider(() => Promise.reject(error))
    await expect(provided.get()).rejects.toBe(error)
  })

  it('waits for a function that hangs no longer than its limit (edge 12)', async () => {
    const provider = calls()
    const { clock, provided } = setupProvider(provider)
    const get = provided.get().catch((error: unknown) => error)
    await clock.advance(10_000)
    expect(await get).toMatchObject({ code: 'auth.failed', details: { retry: true } })
    provider.open[0]?.resolve('late')
    provided.get().catch(() => {})
    await settled()
    expect(provider.open).toHaveLength(2)
    provider.open[1]?.resolve('good')
    await settled()
    expect(clock.pending).toEqual([])
  })

  it("calls again after renew(), and the older result is nobody's (edge 75)", async () => {
    const provider = calls()
    const { provided } = setupProvider(provider)
    provided.get().catch(() => {})
    await settled()
    provided.renew()
    const get = provided.get()
    await settled()
    provider.open[1]?.resolve('new')
    provider.open[0]?.resolve('old')
    expect(await get).toBe('new')
  })

  it('survives a thenable that settles twice', async () => {
    const { provided } = setupProvider(() => ({
      // biome-ignore lint/suspicious/noThenProperty: a hostile promise is what this is about
      then(resolve: (value: string) => void, reject: (error: unknown) => void) {
        resolve('first')
        reject(new Error('second'))
        throw new Error('third')
      },
    }))
    expect(await provided.get()).toBe('first')
  })
})

describe('credentials', () => {
  it('are asked for before every dial, and shown to the protocol (edge 74)', async () => {
    let count = 0
    const { clock, dial, transport } = setup({ credentials: () => `token ${++count}` })
    const peer = await dial()
    peer.accept()
    await settled()
    peer.drop()
    await clock.advance(1000)
    transport.last.accept()
    await settled()
    expect(transport.sessions.map((session) => said(session)[0])).toEqual([
      ['hello', 'token 1'],
      ['hello', 'token 2'],
    ])
  })

  it.each(['hidden', 'frozen', 'paused', 'dropped', 'drained', 'closed'])(
    'are fresh after being %s (edge 74)',
    async (how) => {
      let count = 0
      const kit = setup({ credentials: () => `token ${++count}`, hidden: { pauseAfterMs: 1000 } })
      const { client, clock, signals, transport } = kit
      transport.onDial((peer) => serve(peer))
      await client.connect()
      await clock.advance(10_000)
      if (how === 'hidden') signals.hide()
      if (how === 'frozen') signals.freeze()
      if (how === 'paused') client.pause()
      if (how === 'dropped') transport.last.drop()
      if (how === 'drained') tell(transport.last, 'advice', { drainMs: 0 })
      if (how === 'closed') await client.close()
      await clock.advance(3_600_000)
      if (how === 'hidden') signals.show()
      if (how === 'frozen') signals.resume()
      if (how === 'paused') client.resume()
      if (how === 'closed') client.connect().catch(() => {})
      await clock.advance(1000)
      expect(transport.sessions).toHaveLength(2)
      expect(said(transport.last)[0]).toEqual(['hello', 'token 2'])
    },
  )

  it('that are late hold the dial back', async () => {
    const credentials = calls()
    const { client, clock, statuses, transport } = setup({ credentials })
    client.connect().catch(() => {})
    await clock.advance(9999)
    expect([statuses, transport.sessions]).toEqual([['connecting'], []])
    credentials.open[0]?.resolve('token')
    await settled()
    expect(transport.sessions).toHaveLength(1)
  })

  it.each(['url', 'credentials'])(
    'a function for the %s that hangs is tried again (edge 12)',
    async (option) => {
      const provider = calls<string>()
      const { client, clock, transport } = setup({ [option]: provider })
      client.connect().catch(() => {})
      await clock.advance(10_000)
      expect(client.status.get()).toMatchObject({
        status: 'connecting',
        attempt: 1,
        lastError: { code: 'auth.failed' },
      })
      await clock.advance(1000)
      provider.open[1]?.resolve('wss://good.example')
      await settled()
      expect(transport.sessions).toHaveLength(1)
    },
  )

  it.each([
    [
      'throws',
      () => {
        throw new Error('mine')
      },
    ],
    ['rejects', () => Promise.reject(new Error('mine'))],
    ['rejects with nothing', () => Promise.reject()],
  ])('that a function %s for are tried again, with a backoff (edge 12, 77)', async (_, credentials) => {
    let count = 0
    const { client, clock, transport } = setup({
      credentials: () => {
        count++
        return credentials()
      },
    })
    client.connect().catch(() => {})
    await clock.advance(60_000)
    expect(client.status.get()).toMatchObject({ status: 'connecting', lastError: { code: 'auth.failed' } })
    expect(transport.sessions).toEqual([])
    expect(count).toBeGreaterThan(5)
    expect(count).toBeLessThan(20)
  })

  it('that are refused for good end it (edge 77)', async () => {
    const { client, clock, statuses, transport } = setup({ credentials: () => Promise.reject(refused()) })
    const ready = client.connect().catch((error: unknown) => error)
    await clock.advance(60_000)
    expect([statuses, transport.sessions]).toEqual([['connecting', 'failed'], []])
    expect(await ready).toMatchObject({ code: 'auth.failed' })
  })

  it('that are refused for now are tried again (edge 77)', async () => {
    const { client, clock, statuses } = setup({ credentials: () => Promise.reject(refused(true)) })
    client.connect().catch(() => {})
    await clock.advance(10_000)
    expect(statuses).toEqual(['connecting'])
    expect(client.status.get().attempt).toBeGreaterThan(2)
  })

  it.each([undefined, null, ''])(
    'that are empty (%j) are left to the protocol to judge (edge 12)',
    async (credentials) => {
      const { connect } = setup({ credentials: () => credentials })
      const peer = await connect()
      expect(said(peer)).toEqual([['hello', credentials ?? null]])
    },
  )

  it.each(['', undefined, null, 7])('an address that is %j fails for good (edge 12)', async (url) => {
    const { client, clock, transport } = setup({ url: (() => url) as () => string })
    client.connect().catch(() => {})
    await clock.advance(10_000)
    expect(client.status.get()).toMatchObject({ status: 'failed', lastError: { code: 'option.invalid' } })
    expect(transport.sessions).toEqual([])
  })

  it('whose call says that the identity is taken end the client for good', async () => {
    const credentials = (): never => {
      throw new RealtimeError('connection.replaced', 'Signed in elsewhere', {})
    }
    const { client, clock, transport } = setup({ credentials })
    client.connect().catch(() => {})
    await clock.advance(10_000)
    expect(client.status.get()).toMatchObject({
      status: 'failed',
      lastError: { code: 'connection.replaced' },
    })
    expect(transport.sessions).toEqual([])
  })

  it("of a call that a close() left behind are nobody's (edge 75)", async () => {
    const credentials = calls()
    const { client, dial, transport } = setup({ credentials })
    await expect(dial()).rejects.toThrow('Nothing was dialled')
    await client.close()
    client.connect().catch(() => {})
    await settled()
    credentials.open[0]?.resolve('old user')
    credentials.open[1]?.resolve('new user')
    await settled()
    await accept(transport.last)
    expect(said(transport.last)).toEqual([['hello', 'new user']])
  })
})

describe('reauthenticate()', () => {
  it('shows new credentials in band', async () => {
    let count = 0
    const { client, connect, transport, statuses } = setup({ credentials: () => `token ${++count}` })
    const peer = await connect()
    client.reauthenticate()
    await settled()
    expect(said(peer)).toEqual([
      ['hello', 'token 1'],
      ['refresh', 'token 2'],
    ])
    expect([transport.sessions.length, statuses]).toEqual([1, ['connecting', 'connected']])
  })

  it('moves to a new connection where the protocol cannot do it in band', async () => {
    let count = 0
    const credentials = () => `token ${++count}`
    const { client, clock, connect, transport, statuses } = setup({ credentials, protocol: noRefresh() })
    const old = await connect()
    client.reauthenticate()
    await clock.advance(1000)
    const next = await accept(transport.last)
    expect([said(old).at(-1), said(next)]).toEqual([['goodbye'], [['hello', 'token 2']]])
    expect([transport.open, statuses]).toEqual([[next], ['connecting', 'connected']])
  })

  it('starts the dial anew while connecting (edge 78)', async () => {
    let token = 'old'
    const { client, dial, transport } = setup({ credentials: () => token })
    const peer = await dial()
    peer.accept()
    await settled()
    token = 'new'
    client.reauthenticate()
    await settled()
    await accept(transport.last)
    expect(peer.closedBy).toEqual({ code: 1000, reason: '' })
    expect([transport.sessions.length, said(transport.last)]).toEqual([2, [['hello', 'new']]])
  })

  it('drops the credentials that were being fetched (edge 75, 78)', async () => {
    const credentials = calls()
    const { client, dial, transport } = setup({ credentials })
    await expect(dial()).rejects.toThrow('Nothing was dialled')
    client.reauthenticate()
    await settled()
    credentials.open[1]?.resolve('new')
    credentials.open[0]?.resolve('old')
    await settled()
    await accept(transport.last)
    expect([transport.sessions.length, said(transport.last)]).toEqual([1, [['hello', 'new']]])
  })

  it('while a call hangs gives the new call a time limit of its own', async () => {
    let credentials: unknown
    const { client, clock, dial, transport } = setup({
      credentials: () => credentials ?? new Promise(() => {}),
    })
    await expect(dial()).rejects.toThrow('Nothing was dialled')
    client.reauthenticate()
    await clock.advance(10_000)
    expect(client.status.get()).toMatchObject({ attempt: 1, lastError: { code: 'auth.failed' } })
    credentials = 'good'
    await clock.advance(1000)
    expect(transport.sessions).toHaveLength(1)
  })

  it('twice shows only the newest credentials, whichever come first (edge 75)', async () => {
    let credentials: unknown = 'first'
    const late = calls()
    const { client, connect } = setup({ credentials: () => credentials ?? late() })
    const peer = await connect()
    credentials = undefined
    client.reauthenticate()
    await settled()
    client.reauthenticate()
    await settled()
    late.open[1]?.resolve('newest')
    await settled()
    late.open[0]?.resolve('older')
    await settled()
    expect(said(peer)).toEqual([
      ['hello', 'first'],
      ['refresh', 'newest'],
    ])
  })

  it('asked for many times at once by the server asks for credentials once (edge 76)', async () => {
    let count = 0
    const credentials = () => {
      count++
      return Promise.resolve(`token ${count}`)
    }
    const { connect } = setup({ credentials })
    const peer = await connect()
    for (let time = 0; time < 10; time++) tell(peer, 'advice', { reauthenticate: true })
    await settled()
    expect(count).toBeLessThanOrEqual(3)
    expect(said(peer).at(-1)).toEqual(['refresh', `token ${count}`])
  })

  it('during a wait makes the next dial use the new credentials', async () => {
    let token = 'old'
    const { client, clock, dial, transport } = setup({ credentials: () => token })
    const peer = await dial()
    peer.refuse()
    await settled()
    token = 'new'
    client.reauthenticate()
    await clock.advance(1000)
    await accept(transport.last)
    expect([transport.sessions.length, said(transport.last)]).toEqual([2, [['hello', 'new']]])
  })

  it('during a handover reaches the connection that takes over', async () => {
    let token = 'old'
    const { client, clock, connect, transport } = setup({ credentials: () => token, protocol: noRefresh() })
    const old = await connect()
    await clock.advance(10_000)
    tell(old, 'advice', { drainMs: 0 })
    await clock.advance(0)
    await clock.advance(0)
    token = 'new'
    client.reauthenticate()
    await clock.advance(1000)
    await accept(transport.last)
    await clock.advance(2000)
    if (transport.last.state === 'dialing') await accept(transport.last)
    expect(said(transport.last)[0]).toEqual(['hello', 'new'])
    expect(transport.open).toEqual([transport.last])
  })

  it('in band during a handover does not end the handover', async () => {
    let token = 'old'
    const { client, clock, connect, transport } = setup({ credentials: () => token })
    const old = await connect()
    await clock.advance(10_000)
    tell(old, 'advice', { drainMs: 0 })
    await clock.advance(0)
    await clock.advance(0)
    token = 'new'
    client.reauthenticate()
    await clock.advance(2000)
    if (transport.last.state === 'dialing') await accept(transport.last)
    await clock.advance(1000)
    expect(transport.open).toEqual([transport.last])
    expect(transport.last).not.toBe(old)
    expect(said(transport.last).at(-1)?.at(1)).toBe('new')
  })

  it('that fails is an error event, and the connection lives on (edge 77)', async () => {
    let isGood = true
    const { client, clock, connect, errors, statuses } = setup({
      credentials: () => (isGood ? 'token' : Promise.reject(new Error('mine'))),
    })
    await connect()
    isGood = false
    client.reauthenticate()
    await clock.advance(1000)
    expect([errors.splice(0), statuses]).toEqual([['auth.failed'], ['connecting', 'connected']])
  })

  it('that comes too late reaches nobody', async () => {
    let credentials: unknown = 'first'
    const late = calls()
    const { client, clock, connect, transport } = setup({ credentials: () => credentials ?? late() })
    const peer = await connect()
    credentials = undefined
    client.reauthenticate()
    await settled()
    credentials = 'second'
    peer.drop()
    await clock.advance(1000)
    late.open[0]?.resolve('late')
    await settled()
    await accept(transport.last)
    expect(transport.sessions.map((session) => said(session))).not.toContainEqual(
      expect.arrayContaining([['refresh', 'late']]),
    )
  })

  it('does nothing while closed', async () => {
    const { client, clock, connect, transport } = setup()
    await connect()
    await client.close()
    client.reauthenticate({ newIdentity: true })
    await clock.advance(60_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['closed', 1])
  })

  it('does nothing while paused', async () => {
    const { client, clock, connect, transport } = setup()
    await connect()
    client.pause()
    client.reauthenticate({ newIdentity: true })
    await clock.advance(60_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['paused', 1])
  })

  it('is asked for by the server before the credentials expire', async () => {
    let count = 0
    const { connect } = setup({ credentials: () => `token ${++count}` })
    const peer = await connect()
    tell(peer, 'advice', { reauthenticate: true })
    await settled()
    expect(said(peer).at(-1)).toEqual(['refresh', 'token 2'])
  })
})

describe('reauthenticate({ newIdentity: true })', () => {
  it('ends the old connection before it dials, and shares nothing with it', async () => {
    let token = 'ann'
    const { client, connect, transport, statuses } = setup({ credentials: () => token })
    client.untyped('room').join()
    const old = await connect()
    tell(old, 'joined', 'room')
    await settled()
    const receipt = client.untyped('room').publish('said', 1, { delivery: 'at-least-once' })
    token = 'bob'
    client.reauthenticate({ newIdentity: true })
    expect([old.closedBy, transport.open]).toEqual([{ code: 1000, reason: '' }, []])
    await settled()
    const next = await accept(transport.last)
    expect(said(next)).toEqual([
      ['hello', 'bob'],
      ['subscribe', 'room'],
    ])
    expect(await receipt).toMatchObject({ outcome: 'unknown' })
    expect(statuses).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
    tell(next, 'joined', 'room')
    await settled()
    expect(client.untyped('room').status.get()).toEqual({ state: 'joined', continuity: 'unknown' })
  })

  it('while connecting drops what the old identity wanted to send', async () => {
    let token = 'ann'
    const { client, dial, transport } = setup({ credentials: () => token })
    const receipt = client.untyped('room').publish('said', 'secret of ann')
    const peer = await dial()
    token = 'bob'
    client.reauthenticate({ newIdentity: true })
    await settled()
    await accept(transport.last)
    expect(peer.closedBy).toEqual({ code: 1000, reason: '' })
    expect(await receipt).toMatchObject({ outcome: 'dropped', error: { details: { reason: 'identity' } } })
    expect(said(transport.last)).toEqual([['hello', 'bob']])
  })

  it('during a handover ends both connections of the old identity', async () => {
    let token = 'ann'
    const { client, clock, connect, transport } = setup({ credentials: () => token })
    const old = await connect()
    await clock.advance(10_000)
    tell(old, 'advice', { drainMs: 0 })
    await clock.advance(0)
    await clock.advance(0)
    token = 'bob'
    client.reauthenticate({ newIdentity: true })
    expect(transport.open).toEqual([])
    await settled()
    await accept(transport.last)
    expect([transport.sessions.length, said(transport.last)]).toEqual([3, [['hello', 'bob']]])
  })
})

describe('secrets', () => {
  const TOKEN = 's3cr3t-t0ken'
  const url = `wss://ann:${TOKEN}@far.example/socket?key=${TOKEN}#${TOKEN}`
  /** Everything that may be shown to somebody: snapshots, errors with their causes, and the trace. */
  const shown = (...values: readonly unknown[]): string =>
    JSON.stringify(values, (_, value: unknown) =>
      value instanceof Error ? { ...value, message: value.message, cause: value.cause } : value,
    )

  it.each(['connect', 'refused', 'handshake', 'dropped', 'refresh', 'handover', 'failed'])(
    'are in no snapshot, error or trace: %s (edge 81)',
    async (how) => {
      const protocol = how === 'handover' ? noRefresh() : testProtocol()
      const kit = setup({ credentials: () => TOKEN, url, protocol })
      const { client, clock, dial, transport } = kit
      const seen: unknown[] = []
      client.trace.subscribe((entry) => seen.push(entry))
      client.status.subscribe((snapshot) => seen.push(snapshot))
      client.onError((error) => seen.push(error))
      const peer = await dial()
      if (how === 'refused') peer.refuse({ status: 401 })
      else if (how === 'handshake') {
        peer.accept()
        tell(peer, 'fail', 'retry', 'auth.failed')
      } else if (how === 'failed') peer.refuse({ code: 4001, reason: 'no' })
      else await accept(peer)
      if (how === 'dropped') peer.drop()
      if (how === 'refresh' || how === 'handover') client.reauthenticate()
      await clock.advance(2000)
      if (how === 'handover') await accept(transport.last)
      await client.close()
      expect(seen.length).toBeGreaterThan(3)
      expect(shown(seen, client.trace.entries(), client.status.get())).not.toContain(TOKEN)
      kit.errors.length = 0
    },
  )

  it('are in no error of a transport that names the address it was given (edge 81)', async () => {
    const { client, clock, transport } = setup({ url })
    const seen: unknown[] = []
    client.trace.subscribe((entry) => seen.push(entry))
    transport.failDial(new SyntaxError(`The URL '${url}' is invalid`))
    client.connect().catch(() => {})
    await clock.advance(100)
    expect(client.status.get().lastError).toMatchObject({ code: 'connection.lost' })
    expect(shown(seen, client.status.get())).not.toContain(TOKEN)
  })

  it('are not in the address by default (edge 81)', async () => {
    const { dial } = setup({ credentials: TOKEN })
    const { target } = await dial()
    expect(shown(target)).not.toContain(TOKEN)
  })

  it('are in no frame that the trace shows, because only the protocol can tell what is secret (edge 81)', async () => {
    const { client, dial } = setup({ credentials: () => TOKEN })
    const frames: unknown[] = []
    client.trace.subscribe((entry) => entry.type === 'frame' && frames.push([entry.direction, entry.text]))
    const peer = await dial()
    await accept(peer)
    tell(peer, 'message', 'room', 'said', 1)
    await settled()
    expect(frames).toEqual([
      ['out', undefined],
      ['in', undefined],
      ['in', undefined],
    ])
  })
})
