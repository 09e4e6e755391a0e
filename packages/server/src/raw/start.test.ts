import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import type { AuthResult } from '../authenticate.ts'
import { setupRaw } from './raw-test-setup.ts'

const MINUTE = 60_000

describe('/raw: start', () => {
  it('lets in who says hello, and tells its limits', async () => {
    const { connect, connections } = setupRaw({ limits: { frameBytes: 100_000 } })
    const guest = connect()
    const welcome = await guest.hello()
    const limits = { frameBytes: 100_000, channels: 1000, joins: 76 }
    expect(welcome).toMatchObject({
      t: 'welcome',
      v: 1,
      resumed: false,
      idleMs: 25_000,
      answerMs: 5000,
      limits,
    })
    expect([welcome.session.length, welcome.client.length]).toEqual([22, 12])
    expect(connections()).toMatchObject([{ client: welcome.client, user: welcome.client, endpoint: 'raw' }])
  })

  it('refuses a version that it does not serve, for good', async () => {
    const guest = setupRaw().connect()
    const message = 'Version 2 is not served, only 1'
    expect(await guest.say({ t: 'hello', v: 2 })).toEqual([
      { t: 'denied', code: 'bad-version', message, final: true },
    ])
    expect(guest.end).toMatchObject({ code: 4002 })
  })

  it.each([
    ['what is no JSON', '{'],
    ['bytes that are no frame', new Uint8Array(3)],
    ['a hello without a version', { t: 'hello' }],
    ['a hello whose token is no text', { t: 'hello', v: 1, token: {} }],
    ['a hello whose session is no text', { t: 'hello', v: 1, session: 7 }],
  ])('denies %s', async (_what, frame) => {
    const guest = setupRaw().connect()
    expect(await guest.say(frame)).toMatchObject([{ t: 'denied', code: 'bad-frame', final: false }])
    expect(guest.end).toMatchObject({ code: 4000 })
  })

  it('takes nothing but hello before the welcome, and waits for that', async () => {
    const guest = setupRaw().connect()
    const early = [{ t: 'ping' }, { t: 'pub', id: '1', ch: 'a', ev: 'x' }, { t: 'sub', chs: [{ ch: 'a' }] }]
    const answers = await guest.say(...early)
    expect(answers.map((answer) => Object(answer).code)).toEqual(['too-early', 'too-early', 'too-early'])
    expect(await guest.hello()).toMatchObject({ t: 'welcome' })
  })

  it('takes one hello only', async () => {
    const guest = await setupRaw().enter()
    expect(await guest.say({ t: 'hello', v: 1 })).toMatchObject([{ t: 'error', code: 'bad-frame' }])
    expect(guest.end).toBeUndefined()
  })

  it('ends who says no hello in time, also while it is being thought about', async () => {
    const { connect, clock, crashes } = setupRaw({
      authenticate: () => new Promise(() => {}),
      times: { hookMs: MINUTE },
    })
    const [silent, waiting] = [connect(), connect()]
    waiting.send({ t: 'hello', v: 1 })
    await clock.advance(9999)
    expect([silent.end, waiting.end]).toEqual([undefined, undefined])
    await clock.advance(1)
    expect([silent.end, waiting.end]).toMatchObject([{ code: 4008 }, { code: 4008 }])
    await clock.advance(MINUTE)
    expect(crashes.splice(0)).toHaveLength(1)
  })

  it('ends who was not heard for idleMs + answerMs, and no sooner', async () => {
    const { enter, clock } = setupRaw()
    const guest = await enter()
    await clock.advance(20_000)
    expect(await guest.say({ t: 'ping' })).toEqual([{ t: 'pong' }])
    await clock.advance(29_999)
    expect(guest.end).toBeUndefined()
    await clock.advance(1)
    expect(guest.end).toMatchObject({ code: 4007 })
  })

  it('ends who sends too many bad frames', async () => {
    const { enter } = setupRaw({ limits: { badFrames: 2 } })
    const guest = await enter()
    const answers = await guest.say(
      'nonsense',
      { t: 'never-heard-of' },
      { t: 'sub', chs: 'a' },
      { t: 'ping' },
    )
    expect(answers).toMatchObject([{ code: 'bad-frame' }, { code: 'unknown-type' }, { code: 'bad-frame' }])
    expect(guest.end).toMatchObject({ code: 4000 })
  })

  it('asks a client to move, and when not to come back', async () => {
    const { enter, connect, core } = setupRaw()
    const [guest, stranger] = [await enter(), connect()]
    for (const connection of core.connections) {
      connection.drain(3000)
      connection.later(500)
    }
    expect(guest.take()).toEqual([
      { t: 'drain', ms: 3000 },
      { t: 'later', ms: 500 },
    ])
    expect(stranger.take()).toEqual([])
  })
})

describe('/raw: credentials', () => {
  const users: Record<string, AuthResult> = {
    good: { id: 'ann', info: { name: 'Ann' } },
    over: { refuse: 'expired' },
    fast: { refuse: 'rate-limited', retryMs: 500 },
    other: { id: 'bob' },
    past: { id: 'ann', expiresAt: 1 },
  }
  const authenticate = (token?: string): AuthResult => users[token ?? '']

  it.each([
    ['wrong', { code: 'unauthenticated', final: true }, 4001],
    [undefined, { code: 'unauthenticated', final: true }, 4001],
    ['over', { code: 'expired', final: false }, 4004],
    ['past', { code: 'expired', final: false }, 4004],
    ['fast', { code: 'rate-limited', final: false, retryMs: 500 }, 1013],
  ])('denies the token %s', async (token, denied, code) => {
    const guest = setupRaw({ authenticate }).connect()
    expect(await guest.say({ t: 'hello', v: 1, token })).toMatchObject([{ t: 'denied', ...denied }])
    expect(guest.end).toMatchObject({ code })
  })

  it('knows the user by the token, and the request by what came with it', async () => {
    const seen: unknown[] = []
    const { connect, connections } = setupRaw({
      authenticate(token, { headers, address }) {
        seen.push([token, headers.cookie, address])
        return Promise.resolve({ id: 'ann' })
      },
    })
    await connect({ headers: { cookie: 'a=1' }, address: '10.0.0.7' }).hello({ token: 't' })
    expect(seen).toEqual([['t', 'a=1', '10.0.0.7']])
    expect(connections()).toMatchObject([{ user: 'ann' }])
  })

  it.each([
    ['throws', () => Promise.reject(new Error('database'))],
    ['gives no user', () => ({ name: 'ann' }) as never],
    ['gives an end that is no time', () => ({ id: 'ann', expiresAt: Number.NaN })],
  ])('is unavailable when the hook %s, and says so', async (_how, hook) => {
    const { connect, crashes } = setupRaw({ authenticate: hook })
    const guest = connect()
    const denied = { code: 'unavailable', final: false, retryMs: 1000 }
    expect(await guest.say({ t: 'hello', v: 1 })).toMatchObject([{ t: 'denied', ...denied }])
    expect([guest.end, crashes.splice(0).length]).toMatchObject([{ code: 1013 }, 1])
  })

  it('is unavailable when the hook gives no answer in time', async () => {
    const { connect, crashes, clock } = setupRaw({
      authenticate: () => new Promise(() => {}),
      times: { hookMs: 3000 },
    })
    const guest = connect()
    guest.send({ t: 'hello', v: 1 })
    await clock.advance(3000)
    expect(guest.take()).toMatchObject([{ t: 'denied', code: 'unavailable' }])
    expect(crashes.splice(0)).toEqual([new Error('authenticate gave no answer in 3000 ms')])
  })

  it('does not let in who has left while it was asked', async () => {
    let answer = (_user: AuthResult): void => {}
    const { connect, connections } = setupRaw({
      authenticate: () => new Promise<AuthResult>((resolve) => (answer = resolve)),
    })
    const guest = connect()
    guest.send({ t: 'hello', v: 1 })
    await guest.drop()
    answer({ id: 'ann' })
    await settled()
    expect([guest.take(), connections()]).toEqual([[], []])
  })

  it('tells ahead when a token ends, and ends the connection then', async () => {
    const { connect, clock } = setupRaw({
      authenticate: () => ({ id: 'ann', expiresAt: Date.UTC(2030, 0, 1) + 5 * MINUTE }),
      times: { idleMs: 10 * MINUTE },
    })
    const guest = connect()
    await guest.hello()
    await clock.advance(4.5 * MINUTE - 1)
    expect(guest.take()).toEqual([])
    await clock.advance(1)
    expect(guest.take()).toEqual([{ t: 'expiring', ms: 30_000 }])
    await clock.advance(30_000)
    expect(guest.end).toMatchObject({ code: 4004 })
  })

  it('tells of a short token at half of its time, so that a client does not renew without end', async () => {
    const { connect, clock } = setupRaw({
      authenticate: () => ({ id: 'ann', expiresAt: clock.date() + 4000 }),
    })
    const guest = connect()
    await guest.hello()
    await clock.advance(1999)
    expect(guest.take()).toEqual([])
    await clock.advance(1)
    expect(guest.take()).toEqual([{ t: 'expiring', ms: 2000 }])
    await guest.say({ t: 'auth', token: 'next' })
    await clock.advance(3999)
    expect(guest.end).toBeUndefined()
    await clock.advance(1)
    expect(guest.end).toMatchObject({ code: 4004 })
  })

  it('waits on when the wall clock was put back', async () => {
    const { connect, clock } = setupRaw({
      authenticate: () => ({ id: 'ann', expiresAt: Date.UTC(2030, 0, 1) + MINUTE }),
      times: { idleMs: 10 * MINUTE },
    })
    const guest = connect()
    await guest.hello()
    clock.jumpDate(-MINUTE)
    await clock.advance(MINUTE)
    expect(guest.end).toBeUndefined()
    await clock.advance(MINUTE)
    expect(guest.end).toMatchObject({ code: 4004 })
  })

  it('takes a new token of the same user on the same connection', async () => {
    const { connect } = setupRaw({ authenticate })
    const guest = connect()
    await guest.hello({ token: 'good' })
    expect(await guest.say({ t: 'auth', token: 'good' })).toEqual([{ t: 'authed' }])
  })

  it('keeps the old token in force when a new one is refused for now', async () => {
    const { connect } = setupRaw({ authenticate })
    const guest = connect()
    await guest.hello({ token: 'good' })
    expect(await guest.say({ t: 'auth', token: 'fast' })).toMatchObject([
      { t: 'denied', code: 'rate-limited' },
    ])
    expect(guest.end).toBeUndefined()
  })

  it('takes ten new tokens at once, and then one a second', async () => {
    const { connect, clock } = setupRaw({ authenticate })
    const guest = connect()
    await guest.hello({ token: 'good' })
    const auth = { t: 'auth', token: 'good' }
    expect(await guest.say(...Array.from({ length: 10 }, () => auth))).toHaveLength(10)
    const denied = { t: 'denied', code: 'rate-limited', final: false, retryMs: 1000 }
    expect(await guest.say(auth)).toMatchObject([denied])
    await clock.advance(1000)
    expect(await guest.say(auth)).toEqual([{ t: 'authed' }])
  })

  it.each(['wrong', 'other'])('ends the connection when the new token is %s', async (token) => {
    const { connect } = setupRaw({ authenticate })
    const guest = connect()
    await guest.hello({ token: 'good' })
    expect(await guest.say({ t: 'auth', token })).toMatchObject([{ code: 'unauthenticated', final: true }])
    expect(guest.end).toMatchObject({ code: 4001 })
  })
})
