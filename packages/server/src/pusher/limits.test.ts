import { describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { post } from './http/api-test-setup.ts'
import { startPusher } from './live-test-setup.ts'
import { APP, decoded, setupPusher } from './pusher-test-setup.ts'

/** Low limits of one app, while the server has the usual ones. */
const limits = {
  channelNameLength: 20,
  eventNameLength: 9,
  eventBytes: 2048,
  bodyBytes: 4096,
  eventChannels: 2,
  batchEvents: 2,
  members: 1,
  memberBytes: 1024,
}
const app = { ...APP, limits, maxConnections: 3, maxClientEventsPerSecond: 1, maxBackendEventsPerSecond: 3 }
const options = { dialect: 'soketi', apps: [app] } as const
/** Time that stands still, so that no rate recovers. */
const clock = { ...systemClock, now: () => 0 }
const start = () => startPusher(options, { clock })
const event = { name: 'said', channel: 'a', data: '1' }

describe('each limit of an app, in the words of soketi', () => {
  it.each([
    ['events', { ...event, name: 'x'.repeat(10) }, 400, 'Event name is too long. Maximum allowed size is 9.'],
    ['events', { ...event, data: 'x'.repeat(2049) }, 413, 'The event data should be less than 2 KB.'],
    ['events', { ...event, data: 'x'.repeat(5000) }, 413, 'The payload size is too big.'],
    [
      'events',
      { ...event, channels: ['a', 'b', 'c'] },
      400,
      'Cannot broadcast to more than 2 channels at once',
    ],
    ['batch_events', { batch: [event, event, event] }, 400, 'Cannot batch-send more than 2 messages at once'],
    [
      'batch_events',
      { batch: [1, 2].map(() => ({ ...event, channels: ['a', 'b'] })) },
      413,
      'The app may publish 3 events a second, not 4 at once',
    ],
  ])('of %s over HTTP: %#', async (path, body, code, error) => {
    const { url } = await start()
    const answer = await post(url, path, body)
    expect(answer).toMatchObject({ status: code, body: { error, code } })
  })

  it('of events per second over HTTP, with when to come back', async () => {
    const { url } = await start()
    for (const left of ['2', '1', '0']) {
      const { status, headers } = await post(url, 'events', event)
      expect([status, headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual([
        200,
        '3',
        left,
      ])
    }
    const over = await post(url, 'events', event)
    expect(over).toMatchObject({ status: 429, body: { error: 'Too many requests.', code: 429 } })
    expect(over.headers.get('retry-after')).toBe('1')
  })

  it('of joins', async () => {
    const { connect } = setupPusher(options)
    const [one, two] = [await connect(), await connect()]
    expect(await one.join('x'.repeat(21))).toMatchObject([
      {
        data: {
          type: 'LimitReached',
          error: 'The channel name is longer than the allowed 20 characters.',
          status: 4009,
        },
      },
    ])
    expect(await one.join('presence-a', { user_id: '1', user_info: 'x'.repeat(1025) })).toMatchObject([
      {
        data: { type: 'LimitReached', error: 'The maximum size for a channel member is 1 KB.', status: 4301 },
      },
    ])
    await one.join('presence-a', { user_id: '1', user_info: {} })
    const error = 'The maximum members per presence channel limit was reached'
    expect(await two.join('presence-a', { user_id: '2', user_info: {} })).toMatchObject([
      { data: { type: 'LimitReached', error, status: 4100 } },
    ])
  })

  it('of client events, while the connection stays', async () => {
    const { connect } = setupPusher(options)
    const one = await connect()
    await one.join('private-a')
    const say = (name: string, data: unknown) => one.say({ event: name, channel: 'private-a', data })
    const over = (message: string) => [{ event: 'pusher:error', data: { code: 4301, message } }]
    expect(await say('client-typing', 1)).toEqual(over('Event name is too long. Maximum allowed size is 9.'))
    expect(await say('client-a', 'x'.repeat(2049))).toEqual(over('The event data should be less than 2 KB.'))
    expect(await say('client-a', 1)).toEqual([])
    expect(await say('client-a', 1)).toEqual(
      over('The rate limit for sending client events exceeded the quota.'),
    )
    expect(await one.say({ event: 'pusher:ping' })).toMatchObject([{ event: 'pusher:pong' }])
  })

  it('of connections', async () => {
    const { connect, dial } = setupPusher(options)
    for (let n = 0; n < 3; n++) await connect()
    const fourth = await dial()
    const message = 'The current concurrent connections quota has been reached.'
    expect(fourth.take()).toEqual([{ event: 'pusher:error', data: { code: 4100, message } }])
    expect(fourth.end).toEqual({ code: 4100, reason: message })
  })
})

describe('scenario 15', () => {
  it('lets 10 of 30 client events of a second through, refuses the rest with 4301, and keeps the connection', async () => {
    const { connect, clock } = setupPusher({ apps: [{ ...APP, maxClientEventsPerSecond: 10 }] })
    const [one, two] = [await connect(), await connect()]
    for (const guest of [one, two]) await guest.join('private-a')
    const frame = { event: 'client-n', channel: 'private-a', data: {} }
    const answers = await one.say(...Array.from({ length: 30 }, () => frame))
    expect(answers.map(decoded)).toMatchObject(Array.from({ length: 20 }, () => ({ data: { code: 4301 } })))
    expect(two.take().length).toBe(10)
    await clock.advance(1000)
    expect([await one.say(frame), two.take().length, one.end]).toEqual([[], 1, undefined])
  })
})

describe('joins of one connection', () => {
  it.each([
    ['pusher', { channel: 'c', data: { type: 'LimitReached', status: 429 } }],
    ['reverb', { event: 'pusher:error', data: { code: 4301 } }],
  ] as const)(
    'are taken at the rate of subscribeRate, and refused over it, with %s',
    async (dialect, refusal) => {
      const { connect, clock } = setupPusher({ dialect }, { subscribeRate: { perSecond: 1, burst: 2 } })
      const guest = await connect()
      await guest.join('a')
      await guest.join('b')
      expect((await guest.join('c')).map(decoded)).toMatchObject([refusal])
      await clock.advance(1000)
      expect(await guest.join('c')).toMatchObject([{ event: 'pusher_internal:subscription_succeeded' }])
    },
  )
})
