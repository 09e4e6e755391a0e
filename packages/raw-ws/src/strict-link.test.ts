import { describe, expect, it } from 'vitest'
import { message, request, setupStrict, welcome } from './strict-test-setup.ts'

const hello = { t: 'hello', v: 1 }

describe('strict link', () => {
  it('says hello first, with the token, and is ready once it is welcome', async () => {
    const { open, protocol } = setupStrict()
    const { log, heard, say } = await open('secret', 'silence')
    expect([heard(), log]).toEqual([[{ ...hello, token: 'secret' }], []])
    await say(welcome)
    const heartbeat = { receiveIdleMs: 25_000, sendIdleMs: 25_000, answerMs: 5000 }
    expect(log).toEqual([['ready', { positions: true, heartbeat, limits: { joins: Infinity } }]])
    expect(protocol.clientId.get()).toBe('c-1')
  })

  it('names its session when it comes back', async () => {
    const { open } = setupStrict()
    const first = await open('old')
    first.peer.drop()
    const { heard } = await open('new')
    expect(heard()).toEqual([{ ...hello, token: 'new', session: 's-1' }])
  })

  it('goes on with the session that the server gave last', async () => {
    const { open, protocol } = setupStrict()
    await open()
    await open(undefined, { ...welcome, session: 's-2', client: 'c-2' })
    const { heard } = await open()
    expect(heard()).toEqual([{ ...hello, session: 's-2' }])
    expect(protocol.clientId.get()).toBe('c-1')
  })

  it.each(['foreign', 'settled'] as const)('forgets everything when its past is %s', async (past) => {
    const { open, protocol, clock } = setupStrict()
    const first = await open()
    first.link.subscribe([request('room')])
    await first.say({ t: 'subbed', ch: 'room', epoch: 'e', off: 7, recovered: false })
    const sent: string[] = []
    const session = { send: (frame: unknown) => void sent.push(`${frame}`), bufferedBytes: 0 }
    const opening = { credentials: undefined, clock, subprotocol: 'realtime.v1', past }
    const link = protocol.open(session, {} as never, opening)
    link.subscribe([request('room', true)])
    expect(sent.map((frame) => JSON.parse(frame))).toEqual([hello, { t: 'sub', chs: [{ ch: 'room' }] }])
    expect(protocol.clientId.get()).toBeUndefined()
  })

  it('gives up where the server does not speak the envelope', async () => {
    const { protocol, clock } = setupStrict()
    const failures: unknown[] = []
    const events = { fail: (...failure: unknown[]) => failures.push(failure) }
    const opening = { credentials: undefined, clock, subprotocol: '', past: 'kept' as const }
    protocol.open({ send() {}, bufferedBytes: 0 }, events as never, opening)
    expect(failures).toMatchObject([['stop', { code: 'connection.refused' }]])
  })

  it('keeps the session of a handover: only its newest link ends it', async () => {
    const { open, protocol } = setupStrict()
    const old = await open()
    const next = await open()
    old.heard()
    next.heard()
    old.link.goodbye?.(0)
    old.close(1000)
    expect([old.heard(), protocol.clientId.get()]).toEqual([[], 'c-1'])
    next.link.goodbye?.(0)
    expect([next.heard(), protocol.clientId.get()]).toEqual([[{ t: 'bye' }], undefined])
    const later = await open()
    expect(later.heard()).toEqual([hello])
  })

  it('ends the session with the older link when the newer one was lost', async () => {
    const { open } = setupStrict()
    const old = await open()
    const next = await open()
    next.link.dispose?.()
    old.heard()
    old.link.goodbye?.(0)
    expect(old.heard()).toEqual([{ t: 'bye' }])
  })

  it('passes on advice and answers', async () => {
    const { open } = setupStrict()
    const { log, say, link, heard } = await open('old')
    heard()
    link.ping?.()
    link.refresh?.('new')
    link.refresh?.(undefined)
    expect(heard()).toEqual([{ t: 'ping' }, { t: 'auth', token: 'new' }])
    await say(
      { t: 'pong' },
      { t: 'authed' },
      { t: 'drain', ms: 3000 },
      { t: 'later', ms: 500 },
      { t: 'expiring', ms: 10_000 },
      { t: 'error', code: 'bad-frame', message: 'no' },
    )
    expect(log).toMatchObject([
      ['pong'],
      ['advice', { drainMs: 3000 }],
      ['advice', { retryAfterMs: 500 }],
      ['advice', { reauthenticate: true }],
      ['error', { code: 'protocol.violation', details: { reason: 'bad-frame' } }],
    ])
  })

  it('fails when it is denied, and passes on when it may come back', async () => {
    const { open } = setupStrict()
    const { log, say } = await open('bad', 'silence')
    await say({ t: 'denied', code: 'unauthenticated', message: 'No.', final: true })
    await say({ t: 'denied', code: 'rate-limited', message: 'Later.', final: false, retryMs: 700 })
    expect(log).toMatchObject([
      ['fail', 'stop', { code: 'auth.failed', details: { retry: false, reason: 'unauthenticated: No.' } }],
      ['advice', { retryAfterMs: 700 }],
      ['fail', 'retry', { code: 'connection.lost' }],
    ])
  })

  it('goes on with the old token when a new one is denied for now, and ends when it is denied for good', async () => {
    const { open } = setupStrict()
    const { log, say } = await open('old')
    await say({ t: 'denied', code: 'unavailable', message: 'Try later', final: false })
    await say({ t: 'denied', code: 'unauthenticated', message: 'No', final: true })
    expect(log).toMatchObject([
      ['error', { code: 'connection.lost' }],
      ['fail', 'stop', { code: 'auth.failed' }],
    ])
  })

  it('reads a frame with members that it does not know, whatever they are called', async () => {
    const { open } = setupStrict()
    const { log, say } = await open()
    await say({ t: 'drain', ms: 5, bad: 'bad-frame', message: 'none of ours' })
    expect(log.at(-1)).toEqual(['advice', { drainMs: 5 }])
  })

  it('throws message.malformed for what is no frame of a server', async () => {
    const { open } = setupStrict()
    const { link, log } = await open()
    for (const frame of ['', '[]', 'null', '{"t":"hello","v":1}', '{"t":"msg","ch":1}', new Uint8Array(1)])
      expect(() => link.receive(frame)).toThrow('[message.malformed]')
    expect(log).toEqual([])
  })

  it('leaves no timer behind', async () => {
    const { open, clock } = setupStrict()
    const { link, say } = await open()
    link.publish?.(message({ delivery: 'at-least-once' }))
    await say({ t: 'nack', id: '1', code: 'unavailable', message: 'no', retryMs: 500 })
    link.dispose?.()
    expect(clock.pending).toEqual([])
  })
})
