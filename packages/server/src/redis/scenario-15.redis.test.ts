import { createPusher } from '@org/realtime-pusher'
import PusherJs from 'pusher-js'
import { expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../clock.ts'
import { createPublisher } from '../publisher.ts'
import { post } from '../pusher/http/api-test-setup.ts'
import { dialPusher, startPusher } from '../pusher/live-test-setup.ts'
import { APP, KEY, SECRET } from '../pusher/pusher-test-setup.ts'
import { until } from '../until-test-setup.ts'
import { startRedis } from './redis-test-setup.ts'

const SENT = 30
const RATE = 10
const TIMEOUT_MS = 10_000

/** Two nodes with low rates. For the rates of the first one time passes only as the test says. */
async function startNodes() {
  const redis = await startRedis()
  const more = { adapter: 'redis', redis: { port: redis.port } } as const
  const options = { apps: [{ ...APP, maxClientEventsPerSecond: RATE, maxBackendEventsPerSecond: 2 }] }
  let passedMs = 0
  const one = await startPusher(options, { ...more, clock: { ...systemClock, now: () => passedMs } })
  const two = await startPusher(options, more)
  const guest = await dialPusher(two.port)
  await guest.join('private-room')
  const heard = (event: string): readonly unknown[] =>
    guest.frames.filter((frame) => frame.event === event).map(({ data }) => data)
  const pass = (ms: number): void => {
    passedMs += ms
  }
  return { one, pass, heard }
}

/** Sends as often as it is asked, and says what it was told and whether it is still connected. */
type Sender = (port: number) => Promise<{
  send(n: number): void
  readonly codes: readonly unknown[]
  isConnected(): boolean
}>

const ours: Sender = async (port) => {
  const endpoint = `http://127.0.0.1:${port}/broadcasting/auth`
  // It would hold itself to the rate.
  const clientEventRate = false
  const client = createPusher({ key: KEY, host: '127.0.0.1', port, auth: { endpoint }, clientEventRate })
  onTestFinished(() => client.close())
  const codes: unknown[] = []
  client.onError(({ details }) => codes.push((details as { code?: unknown }).code))
  const room = client.untyped('private-room')
  room.on('said', () => {})
  await until(() => expect(room.status.get().state).toBe('joined'))
  return {
    codes,
    send: (n) => void room.publish('said', { n }),
    isConnected: () => client.status.get().status === 'connected',
  }
}

const theirs: Sender = async (port) => {
  const client = new PusherJs(KEY, {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: port,
    forceTLS: false,
    enabledTransports: ['ws'],
    channelAuthorization: { endpoint: `http://127.0.0.1:${port}/broadcasting/auth`, transport: 'ajax' },
  })
  onTestFinished(() => client.disconnect())
  const codes: unknown[] = []
  client.connection.bind('error', ({ data }: { data?: { code?: unknown } }) => codes.push(data?.code))
  const room = client.subscribe('private-room')
  await until(() => expect(room.subscribed).toBe(true))
  return {
    codes,
    send: (n) => void room.trigger('client-said', { n }),
    isConnected: () => client.connection.state === 'connected',
  }
}

it.each([
  ['our client', ours],
  ['pusher-js', theirs],
])(
  '15: of 30 client events of %s in a second 10 get to the other node, it hears 4301, and it stays',
  async (_who, dial) => {
    const { one, pass, heard } = await startNodes()
    const sender = await dial(one.port)
    for (let n = 0; n < SENT; n++) sender.send(n)
    await until(() => expect(sender.codes).toEqual(Array.from({ length: SENT - RATE }, () => 4301)))
    pass(1000)
    sender.send(SENT)
    const through = [...Array.from({ length: RATE }, (_, n) => n), SENT].map((n) => ({ n }))
    await until(() => expect(heard('client-said')).toEqual(through))
    expect(sender.isConnected()).toBe(true)
  },
)

it('15: who publishes over HTTP too fast is answered 429 and when to come back, and comes back then', async () => {
  const { one, pass, heard } = await startNodes()
  const event = (n: number) => ({ name: 'said', channel: 'private-room', data: `{"n":${n}}` })
  for (const n of [0, 1]) expect((await post(one.url, 'events', event(n))).status).toBe(200)
  const refused = await post(one.url, 'events', event(-1))
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  // The official library leaves coming back to whoever calls it.
  await expect(one.backend.trigger('private-room', 'said', { n: -1 })).rejects.toMatchObject({ status: 429 })

  const waits: number[] = []
  const publisher = createPublisher({
    appId: APP.id,
    key: KEY,
    secret: SECRET,
    port: one.port,
    timeoutMs: TIMEOUT_MS,
    clock: {
      ...systemClock,
      after(ms, run) {
        if (ms === TIMEOUT_MS) return systemClock.after(ms, run)
        waits.push(ms)
        pass(ms)
        return systemClock.after(0, run)
      },
    },
  })
  for (const n of [2, 3, 4]) await publisher.channel('private-room').publish('said', { n })
  expect(waits).toEqual([1000, 1000])
  pass(1000)
  await one.backend.trigger('private-room', 'said', { n: 5 })
  await until(() => expect(heard('said')).toEqual([0, 1, 2, 3, 4, 5].map((n) => ({ n }))))
})
