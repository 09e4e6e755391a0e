import { describe, expect, it } from 'vitest'
import { endConnections } from '../shutdown.ts'
import { APP, decoded, type Guest, setupPusher } from './pusher-test-setup.ts'

const room = 'presence-room'
const ada = { user_id: 'ada', user_info: { name: 'Ada' } }
const bob = { user_id: 'bob', user_info: { name: 'Bob' } }
const added = (data: object) => ({ event: 'pusher_internal:member_added', channel: room, data })
const removed = (user_id: string) => ({
  event: 'pusher_internal:member_removed',
  channel: room,
  data: { user_id },
})
const leave = (guest: Guest) => guest.say({ event: 'pusher:unsubscribe', data: { channel: room } })

describe('/app/{key}: presence channels', () => {
  it('tell who is there, who comes and who goes', async () => {
    const { connect } = setupPusher()
    const [one, two] = [await connect(), await connect()]
    await one.join(room, ada)
    expect((await two.join(room, bob)).map(decoded)).toEqual([
      {
        event: 'pusher_internal:subscription_succeeded',
        channel: room,
        data: {
          presence: {
            ids: ['ada', 'bob'],
            hash: { ada: { name: 'Ada' }, bob: { name: 'Bob' } },
            count: 2,
          },
        },
      },
    ])
    expect(one.take().map(decoded)).toEqual([added(bob)])
    await leave(two)
    expect(one.take().map(decoded)).toEqual([removed('bob')])
  })

  it('tell nobody that all the others go when the server goes away', async () => {
    const { connect, core } = setupPusher()
    const guests = [await connect(), await connect(), await connect()]
    for (const [index, guest] of guests.entries()) await guest.join(room, { user_id: `user-${index}` })
    for (const guest of guests) guest.take()
    endConnections(core)
    for (const guest of guests) expect(guest.take()).toMatchObject([{ event: 'pusher:error' }])
  })

  it('have one member per user, whatever many tabs', async () => {
    const { connect } = setupPusher()
    const watcher = await connect()
    await watcher.join(room, ada)
    watcher.take()
    const tabs = [await connect(), await connect(), await connect()]
    for (const tab of tabs)
      expect((await tab.join(room, bob)).map(decoded)).toMatchObject([{ data: { presence: { count: 2 } } }])
    for (const tab of tabs.slice(1)) await tab.drop()
    expect(watcher.take().map(decoded)).toEqual([added(bob)])
    await tabs[0]?.drop()
    expect(watcher.take().map(decoded)).toEqual([removed('bob')])
  })

  it('keep ids that are numbers, with names of the hash as text', async () => {
    const { connect } = setupPusher()
    const [one, two] = [await connect(), await connect()]
    await one.join(room, { user_id: 1, user_info: { n: 1 } })
    expect((await two.join(room, { user_id: 2, user_info: { n: 2 } })).map(decoded)).toMatchObject([
      { data: { presence: { ids: [1, 2], hash: { 1: { n: 1 }, 2: { n: 2 } } } } },
    ])
    expect(one.take().map(decoded)).toEqual([added({ user_id: 2, user_info: { n: 2 } })])
  })

  it.each([
    ['pusher', { ada: null }],
    ['soketi', {}],
  ] as const)('take a member without an info, as %s does', async (dialect, hash) => {
    const { connect } = setupPusher({ dialect })
    expect((await (await connect()).join(room, { user_id: 'ada' })).map(decoded)).toMatchObject([
      { data: { presence: { ids: ['ada'], hash, count: 1 } } },
    ])
  })

  it('fail over that as Reverb', async () => {
    const { connect } = setupPusher({ dialect: 'reverb' })
    expect((await (await connect()).join(room, { user_id: 'ada' })).map(decoded)).toEqual([
      { event: 'pusher:error', data: { code: 4200, message: 'Invalid message format' } },
    ])
  })

  it.each([{}, { user_id: '' }, { user_id: null }])('refuse %j', async (member) => {
    const { connect } = setupPusher()
    expect((await (await connect()).join(room, member)).map(decoded)).toMatchObject([
      { event: 'pusher:subscription_error', data: { type: 'ServerError', status: 4302 } },
    ])
  })

  it('have as many members as they may, but any number of tabs', async () => {
    const { connect } = setupPusher({ apps: [{ ...APP, limits: { members: 1 } }] })
    const [one, tab, two] = [await connect(), await connect(), await connect()]
    await one.join(room, ada)
    expect(await tab.join(room, ada)).toMatchObject([{ event: 'pusher_internal:subscription_succeeded' }])
    expect((await two.join(room, bob)).map(decoded)).toMatchObject([
      { event: 'pusher:subscription_error', data: { type: 'LimitReached', status: 4100 } },
    ])
    expect(one.take()).toEqual([])
  })

  it('refuse a member whose info is too large', async () => {
    const { connect } = setupPusher()
    const large = { user_id: 'ada', user_info: 'x'.repeat(2048) }
    expect((await (await connect()).join(room, large)).map(decoded)).toMatchObject([
      { data: { type: 'LimitReached', status: 4301, error: expect.stringContaining('2 KB') } },
    ])
  })

  it('keep no member who left before the join was answered', async () => {
    const { connect, members } = setupPusher()
    const [one, two] = [await connect(), await connect()]
    await one.join(room, ada)
    const answers = [two.join(room, bob), leave(two)]
    await Promise.all(answers)
    expect(await members(`@app-id/${room}`)).toHaveLength(1)
    expect(one.take().map(decoded)).toEqual([added(bob), removed('bob')])
  })

  it('answer a second join with who is there', async () => {
    const { connect } = setupPusher()
    const guest = await connect()
    await guest.join(room, ada)
    expect((await guest.join(room, ada)).map(decoded)).toMatchObject([
      { data: { presence: { ids: ['ada'] } } },
    ])
  })

  it('let in as another user who joins as one', async () => {
    const { connect, members } = setupPusher()
    const guest = await connect()
    await guest.join(room, ada)
    await guest.join(room, bob)
    expect((await members(`@app-id/${room}`)).map(({ id }) => id)).toEqual(['bob'])
  })

  it('take who is signed in without data of its own', async () => {
    const { connect } = setupPusher()
    const guest = await connect()
    await guest.signin({ id: 'ada', user_info: { name: 'Ada' } })
    expect((await guest.join(room)).map(decoded)).toMatchObject([
      { data: { presence: { ids: ['ada'], hash: { ada: { name: 'Ada' } } } } },
    ])
  })
})
