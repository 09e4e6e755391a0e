import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { APP, decoded, setupPusher } from './pusher-test-setup.ts'

const succeeded = 'pusher_internal:subscription_succeeded'
const subscribe = (channel: string, auth?: string) => ({ event: 'pusher:subscribe', data: { channel, auth } })

describe('/app/{key}: channels', () => {
  it('lets everybody into public channels, and answers a second time', async () => {
    const { connect } = setupPusher()
    const guest = await connect()
    const answer = { event: succeeded, channel: 'a', data: '{}' }
    expect(await guest.say(subscribe('a', ''), subscribe('a'))).toEqual([answer, answer])
  })

  it('lets whoever has a signature into private channels', async () => {
    const { connect } = setupPusher()
    const guest = await connect()
    expect(await guest.join('private-a')).toEqual([{ event: succeeded, channel: 'private-a', data: '{}' }])
  })

  it.each([undefined, '', 'app-key', 'app-key:', `app-key:${'0'.repeat(64)}`, 'other:x'])(
    'refuses the signature %j',
    async (auth) => {
      const { connect } = setupPusher()
      const guest = await connect()
      const answer = await guest.say(subscribe('private-a', auth))
      expect(answer.map(decoded)).toEqual([
        {
          event: 'pusher:subscription_error',
          channel: 'private-a',
          data: { type: 'AuthError', error: 'The connection is unauthorized.', status: 401 },
        },
      ])
      expect(await guest.say({ event: 'pusher:ping' })).toHaveLength(1)
    },
  )

  it('takes no signature of another socket', async () => {
    const { connect } = setupPusher()
    const [one, other] = [await connect(), await connect()]
    const { authOf } = await import('./pusher-test-setup.ts')
    const answer = await other.say(subscribe('private-a', authOf(one.socketId, 'private-a')))
    expect(answer).toMatchObject([{ event: 'pusher:subscription_error' }])
  })

  it('refuses as soketi with an object, as Reverb without the channel', async () => {
    const soketi = await setupPusher({ dialect: 'soketi' }).connect()
    expect(await soketi.say(subscribe('private-a'))).toMatchObject([
      { event: 'pusher:subscription_error', channel: 'private-a', data: { type: 'AuthError', status: 401 } },
    ])
    const reverb = await setupPusher({ dialect: 'reverb' }).connect()
    const [frame] = await reverb.say(subscribe('private-a'))
    expect(decoded(frame)).toEqual({
      event: 'pusher:error',
      data: { code: 4009, message: 'Connection is unauthorized' },
    })
  })

  it('checks names, but not as Reverb', async () => {
    const long = 'a'.repeat(201)
    const soketi = await setupPusher({ dialect: 'soketi' }).connect()
    const answers = await soketi.say(subscribe(long), subscribe('a b'))
    expect(answers).toMatchObject([
      { channel: long, data: { type: 'LimitReached', status: 4009 } },
      { channel: 'a b', data: { status: 4009 } },
    ])
    expect(answers[1]?.['data']).not.toHaveProperty('type')
    const reverb = await setupPusher({ dialect: 'reverb' }).connect()
    expect(await reverb.say(subscribe(long), subscribe('a b'))).toMatchObject([
      { event: succeeded },
      { event: succeeded },
    ])
  })

  it('keeps apps apart, and from other protocols', async () => {
    const other = { ...APP, id: 'b', key: 'b-key' }
    const { connect, core, publish } = setupPusher({ apps: [APP, other] })
    const [one, two] = [await connect(), await connect({ path: '/app/b-key' })]
    await one.join('a')
    await two.say(subscribe('a'))
    void core.adapter.append('@app-id/a', { event: 'said', payload: '"x"' })
    await settled()
    expect([one.take(), two.take()]).toEqual([[{ event: 'said', channel: 'a', data: 'x' }], []])
    await expect(publish('@app-id/a', 'said')).rejects.toMatchObject({ code: 'publish.refused' })
  })

  it('hears nothing after it has left, without an answer', async () => {
    const { connect, core } = setupPusher()
    const guest = await connect()
    await guest.join('a')
    expect(await guest.say({ event: 'pusher:unsubscribe', data: { channel: 'a' } })).toEqual([])
    void core.adapter.append('@app-id/a', { event: 'said', payload: '"x"' })
    expect(await guest.say()).toEqual([])
    expect(core.hub.channels().size).toBe(0)
  })

  it('joins no more channels than a connection may', async () => {
    const { connect } = setupPusher({}, { limits: { channelsPerConnection: 2 } })
    const guest = await connect()
    const answers = await guest.say(...['a', 'b', 'c'].map((name) => subscribe(name)))
    expect(answers.map(({ event }) => event)).toEqual([succeeded, succeeded, 'pusher:subscription_error'])
  })

  it('can be refused by a rule of faults, or made to wait', async () => {
    const { connect, faults } = setupPusher()
    const guest = await connect()
    const remove = faults.add({ at: 'join', channel: 'a', do: 'refuse' })
    expect((await guest.join('a')).map(decoded)).toMatchObject([{ data: { type: 'AuthError', status: 401 } }])
    remove()
    faults.add({ at: 'join', do: 'limit', count: 1, perMs: 1000 })
    expect(await guest.join('b')).toMatchObject([{ event: succeeded }])
    expect((await guest.join('c')).map(decoded)).toMatchObject([
      { data: { type: 'LimitReached', status: 429 } },
    ])
  })

  it('can be put out by the server', async () => {
    const { connect, revoke } = setupPusher()
    const guest = await connect()
    await guest.join('a')
    expect(revoke('@app-id/a', { message: 'Banned' })).toBe(1)
    expect(guest.take().map(decoded)).toMatchObject([
      { channel: 'a', data: { error: 'Banned', status: 401 } },
    ])
  })
})

describe('/app/{key}: counts', () => {
  const count = (subscription_count: number) => ({
    event: 'pusher_internal:subscription_count',
    channel: 'a',
    data: { subscription_count },
  })

  it('are told to all, when an app wants them', async () => {
    const { connect } = setupPusher({ apps: [{ ...APP, enableSubscriptionCount: true }] })
    const [one, two] = [await connect(), await connect()]
    expect((await one.join('a')).map(decoded)).toEqual([
      { event: succeeded, channel: 'a', data: {} },
      count(1),
    ])
    expect((await two.join('a')).map(decoded).at(-1)).toEqual(count(2))
    expect(one.take().map(decoded)).toEqual([count(2)])
    await two.drop()
    expect(one.take().map(decoded)).toEqual([count(1)])
  })

  it.each(['soketi', 'reverb'] as const)('are not known to %s', async (dialect) => {
    const { connect } = setupPusher({ dialect, apps: [{ ...APP, enableSubscriptionCount: true }] })
    expect(await (await connect()).join('a')).toHaveLength(1)
  })
})
