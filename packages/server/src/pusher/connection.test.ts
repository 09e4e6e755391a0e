import { describe, expect, it } from 'vitest'
import { endConnections } from '../shutdown.ts'
import { APP, decoded, KEY, setupPusher } from './pusher-test-setup.ts'

const app = `/app/${KEY}`
const query = (text: string) => new URLSearchParams(text)

describe('/app/{key}: the start', () => {
  it('tells the socket id and when to ask', async () => {
    const { dial } = setupPusher()
    const guest = await dial({ query: query('protocol=7&client=js&version=8.6.0') })
    expect(guest.take().map(decoded)).toEqual([
      {
        event: 'pusher:connection_established',
        data: { socket_id: expect.stringMatching(/^\d+\.\d+$/), activity_timeout: 30 },
      },
    ])
  })

  it('takes a missing protocol for 7', async () => {
    const { dial } = setupPusher()
    expect((await dial()).take()).toMatchObject([{ event: 'pusher:connection_established' }])
  })

  it.each([
    ['protocol=x', 4006],
    ['protocol=', 4006],
    ['protocol=4', 4007],
  ])('refuses %s with %d', async (text, code) => {
    const { dial } = setupPusher()
    const guest = await dial({ query: query(text) })
    expect(guest.take().map(decoded)).toMatchObject([{ event: 'pusher:error', data: { code } }])
    expect(guest.end).toMatchObject({ code })
  })

  it.each([
    ['pusher', 'string', { code: 4001 }],
    ['soketi', 'object', { code: 4001 }],
    ['reverb', 'string', 'cut'],
  ] as const)('refuses an unknown key as %s does', async (dialect, style, end) => {
    const { dial } = setupPusher({ dialect })
    const guest = await dial({ path: '/app/other' })
    const [frame] = guest.take()
    expect(frame?.['event']).toBe('pusher:error')
    expect(typeof frame?.['data']).toBe(style)
    expect(decoded(frame)['data']).toMatchObject({ code: 4001 })
    if (end === 'cut') expect(guest.end).toBe('cut')
    else expect(guest.end).toMatchObject(end)
  })

  it('refuses an app that is disabled', async () => {
    const { dial } = setupPusher({ apps: [{ ...APP, enabled: false }] })
    const guest = await dial()
    expect(guest.take().map(decoded)).toMatchObject([{ data: { code: 4003 } }])
    expect(guest.end).toMatchObject({ code: 4003 })
  })

  it.each([
    ['pusher', 4004, { code: 4004 }],
    ['soketi', 4100, { code: 4100 }],
    ['reverb', 4004, undefined],
  ] as const)('is full as %s is', async (dialect, code, end) => {
    const { dial } = setupPusher({ dialect, apps: [{ ...APP, maxConnections: 1 }] })
    const first = await dial()
    const second = await dial()
    expect(second.take().map(decoded)).toMatchObject([{ event: 'pusher:error', data: { code } }])
    if (end) expect(second.end).toMatchObject(end)
    else expect(second.end).toBeUndefined()
    await second.drop()
    await first.drop()
    expect((await dial()).take()).toMatchObject([{ event: 'pusher:connection_established' }])
  })

  it.each([
    ['pusher', { code: 4009 }],
    ['reverb', undefined],
  ] as const)('turns pages of other origins away as %s does', async (dialect, end) => {
    const { dial, clock } = setupPusher({
      dialect,
      apps: [{ ...APP, allowedOrigins: ['https://a.example'] }],
    })
    const headers = { origin: 'https://b.example' }
    const guest = await dial({ headers })
    expect(guest.take().map(decoded)).toMatchObject([{ event: 'pusher:error', data: { code: 4009 } }])
    if (end) expect(guest.end).toMatchObject(end)
    else {
      expect(await guest.say({ event: 'pusher:ping' })).toEqual([])
      expect(guest.end).toBeUndefined()
      await clock.advance(120_000)
      expect(guest.end).toBe('cut')
    }
    expect((await dial({ headers: { origin: 'https://a.example' } })).take()).toHaveLength(1)
  })

  it('asks a function for the app, and reads nothing before it has answered', async () => {
    let answer = (_: typeof APP | undefined): void => {}
    const { dial } = setupPusher({ apps: () => new Promise((resolve) => (answer = resolve)) })
    const guest = await dial()
    expect(guest.take()).toEqual([])
    answer(APP)
    expect(await guest.say()).toMatchObject([{ event: 'pusher:connection_established' }])
  })

  it('tells a client to come back while its app cannot be found out', async () => {
    const { dial, crashes } = setupPusher({ apps: () => Promise.reject(new Error('No database')) })
    const guest = await dial()
    expect(guest.take().map(decoded)).toMatchObject([{ data: { code: 4100 } }])
    expect(crashes.splice(0)).toMatchObject([{ message: 'No database' }])
  })

  it('ends with 4200 when the server goes away', async () => {
    const { connect, core } = setupPusher()
    const guest = await connect()
    endConnections(core)
    expect(guest.take().map(decoded)).toMatchObject([{ event: 'pusher:error', data: { code: 4200 } }])
    expect(guest.end).toMatchObject({ code: 4200 })
  })

  it('spreads the ends of a drain over its time', async () => {
    const { connect, core, clock } = setupPusher()
    const guests = await Promise.all(Array.from({ length: 20 }, () => connect()))
    for (const connection of core.connections) connection.drain(1000)
    await clock.advance(500)
    const early = guests.filter(({ end }) => end !== undefined).length
    expect(early).toBeGreaterThan(0)
    expect(early).toBeLessThan(20)
    await clock.advance(500)
    expect(guests.map(({ end }) => end)).toEqual(
      guests.map(() => ({ code: 4200, reason: expect.any(String) })),
    )
  })

  it('knows no path besides the key', () => {
    const { core } = setupPusher()
    expect(core.endpoints.find(`${app}/more`)).toBeUndefined()
  })
})

describe('/app/{key}: frames', () => {
  it.each([{ event: 'pusher:ping' }, { event: 'pusher:ping', data: {} }, { event: 'pusher:ping', data: [] }])(
    'answers %j',
    async (ping) => {
      const { connect } = setupPusher()
      expect(await (await connect()).say(ping)).toMatchObject([{ event: 'pusher:pong' }])
    },
  )

  const bad = [
    '{',
    '[]',
    '"x"',
    '{"event":7}',
    '{"event":"pusher:nothing"}',
    '{"event":"pusher:subscribe","data":{}}',
  ]

  it.each([
    ['pusher', null],
    ['reverb', 4200],
  ] as const)('complains of frames that make no sense, as %s does, and goes on', async (dialect, code) => {
    const { connect } = setupPusher({ dialect })
    const guest = await connect()
    const answers = await guest.say(...bad)
    expect(answers.map(decoded)).toEqual(
      bad.map(() => ({ event: 'pusher:error', data: { code, message: expect.any(String) } })),
    )
    expect(await guest.say({ event: 'pusher:ping' })).toHaveLength(1)
  })

  it('says nothing of them as soketi', async () => {
    const { connect } = setupPusher({ dialect: 'soketi' })
    expect(await (await connect()).say(...bad)).toEqual([])
  })

  it('closes with 1009 on a frame that is too long for Reverb', async () => {
    const { connect } = setupPusher({ dialect: 'reverb' })
    const guest = await connect()
    await guest.say(JSON.stringify({ event: 'client-a', channel: 'b', data: 'x'.repeat(10_000) }))
    expect(guest.end).toMatchObject({ code: 1009 })
  })

  it('can be met by faults, by event and channel', async () => {
    const { connect, faults } = setupPusher()
    const guest = await connect()
    faults.add({ at: 'frame', type: 'pusher_internal:subscription_succeeded', channel: 'a', do: 'drop' })
    faults.add({ at: 'frame', type: 'pusher:pong', do: 'duplicate' })
    expect(await guest.join('a')).toEqual([])
    expect(await guest.join('b')).toMatchObject([{ channel: 'b' }])
    expect(await guest.say({ event: 'pusher:ping' })).toHaveLength(2)
  })
})
