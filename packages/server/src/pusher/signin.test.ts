import { describe, expect, it } from 'vitest'
import { APP, decoded, setupPusher } from './pusher-test-setup.ts'

const forced = { dialect: 'soketi', apps: [{ ...APP, enableUserAuthentication: true }] } as const
const signin = (data: object) => ({ event: 'pusher:signin', data })

describe('/app/{key}: signing in', () => {
  it('is answered with who it is, and opens the channel of the user', async () => {
    const { connect, core } = setupPusher()
    const guest = await connect()
    expect(await guest.signin({ id: '7' })).toEqual([
      { event: 'pusher:signin_success', data: '{"user_data":"{\\"id\\":\\"7\\"}"}' },
    ])
    void core.adapter.append('@app-id/#server-to-user-7', { event: 'paid', payload: '"x"' })
    expect(await guest.say()).toEqual([{ event: 'paid', channel: '#server-to-user-7', data: 'x' }])
    expect(await guest.join('#server-to-user-7')).toMatchObject([
      { event: 'pusher_internal:subscription_succeeded' },
    ])
    expect(await guest.join('#server-to-user-8')).toMatchObject([{ event: 'pusher:subscription_error' }])
  })

  it('is answered again when it is done again', async () => {
    const { connect } = setupPusher()
    const guest = await connect()
    await guest.signin({ id: '7' })
    expect(await guest.signin({ id: '7' })).toMatchObject([{ event: 'pusher:signin_success' }])
    await guest.signin({ id: '8' })
    expect(guest.end).toMatchObject({ code: 4009 })
  })

  it.each([{}, { id: 7 }, { id: '' }])('ends with 4009 for the user %j', async (user) => {
    const { connect } = setupPusher()
    const guest = await connect()
    expect((await guest.signin(user)).map(decoded)).toMatchObject([
      { event: 'pusher:error', data: { code: 4009 } },
    ])
    expect(guest.end).toMatchObject({ code: 4009 })
  })

  it('ends with 4009 for a signature that is none', async () => {
    const { connect } = setupPusher()
    const guest = await connect()
    await guest.say(signin({ auth: 'app-key:00', user_data: '{"id":"7"}' }))
    expect(guest.end).toMatchObject({ code: 4009 })
  })

  it('is not known to Reverb, and ignored by soketi where the app has it off', async () => {
    const reverb = await setupPusher({ dialect: 'reverb' }).connect()
    expect((await reverb.signin({ id: '7' })).map(decoded)).toMatchObject([{ data: { code: 4200 } }])
    const soketi = await setupPusher({ dialect: 'soketi' }).connect()
    expect(await soketi.signin({ id: '7' })).toEqual([])
  })

  it('has to be done in time with soketi, once the app has it', async () => {
    const { connect, clock } = setupPusher(forced)
    const [late, signed, joined] = [await connect(), await connect(), await connect()]
    // A public channel proves nothing, whatever comes with it.
    await late.join('a')
    await clock.advance(29_999)
    await signed.signin({ id: '7' })
    await joined.join('private-a')
    await clock.advance(1)
    expect([late.end, signed.end, joined.end]).toEqual([
      { code: 4009, reason: expect.any(String) },
      undefined,
      undefined,
    ])
  })
})

describe('/app/{key}: watchlists', () => {
  const events = (...all: readonly object[]) => ({
    event: 'pusher_internal:watchlist_events',
    data: { events: all },
  })
  const online = (...user_ids: string[]) => ({ name: 'online', user_ids })
  const offline = (...user_ids: string[]) => ({ name: 'offline', user_ids })

  it('tell who is there, and who comes and goes, once per user', async () => {
    const { connect } = setupPusher()
    const [one, tab, watcher] = [await connect(), await connect(), await connect()]
    await one.signin({ id: 'a' })
    const [, first] = (await watcher.signin({ id: 'w', watchlist: ['a', 'b'] })).map(decoded)
    expect(first).toEqual(events(online('a'), offline('b')))
    await tab.signin({ id: 'a' })
    await one.drop()
    expect(watcher.take()).toEqual([])
    await tab.drop()
    expect(watcher.take().map(decoded)).toEqual([events(offline('a'))])
  })

  it('have a limit', async () => {
    const { connect } = setupPusher()
    const watchlist = Array.from({ length: 101 }, (_, n) => `u${n}`)
    const answers = (await (await connect()).signin({ id: 'w', watchlist })).map(decoded)
    expect(answers).toMatchObject([{ event: 'pusher:signin_success' }, { data: { code: 4302 } }])
  })

  it('are not known to soketi', async () => {
    const { connect } = setupPusher(forced)
    expect(await (await connect()).signin({ id: 'w', watchlist: ['a'] })).toHaveLength(1)
  })
})
