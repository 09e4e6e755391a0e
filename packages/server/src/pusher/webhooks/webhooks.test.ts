import BackendPusher from 'pusher'
import { describe, expect, it } from 'vitest'
import { startReceiver } from '../live-test-setup.ts'
import { APP, KEY, SECRET, setupPusher } from '../pusher-test-setup.ts'
import type { WebhookOptions } from '../webhook-options.ts'

async function setup(webhook: Partial<WebhookOptions> = {}, app = {}) {
  const receiver = await startReceiver()
  const webhooks = [{ url: receiver.url, ...webhook }]
  const all = setupPusher({ apps: [{ ...APP, enableSubscriptionCount: true, ...app, webhooks }] })
  /** Lets the batch go, and waits until it has arrived and was answered. */
  const deliver = async (count: number) => {
    await all.clock.advance(50)
    await receiver.until(count)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { ...all, ...receiver, deliver }
}

/** Until the answer has been read; there is nothing to hear it by. */
const until = async (is: () => boolean): Promise<void> => {
  while (!is()) await new Promise((resolve) => setImmediate(resolve))
}

describe('webhooks', () => {
  it('tell all that happens, in order, in one request', async () => {
    const { connect, deliver, deliveries } = await setup()
    const [one, two] = [await connect(), await connect()]
    await one.join('presence-a', { user_id: 1 })
    await two.join('presence-a', { user_id: 2 })
    await one.join('cache-b')
    await one.say({ event: 'client-x', channel: 'presence-a', data: { n: 1 } })
    await two.drop()
    await one.drop()
    await deliver(1)
    expect(deliveries).toHaveLength(1)
    expect(deliveries[0]?.events).toEqual([
      { name: 'channel_occupied', channel: 'presence-a' },
      { name: 'member_added', channel: 'presence-a', user_id: '1' },
      { name: 'member_added', channel: 'presence-a', user_id: '2' },
      { name: 'channel_occupied', channel: 'cache-b' },
      { name: 'cache_miss', channel: 'cache-b' },
      { name: 'subscription_count', channel: 'cache-b', subscription_count: 1 },
      {
        name: 'client_event',
        channel: 'presence-a',
        event: 'client-x',
        data: '{"n":1}',
        socket_id: one.socketId,
        user_id: '1',
      },
      { name: 'member_removed', channel: 'presence-a', user_id: '2' },
      { name: 'subscription_count', channel: 'cache-b', subscription_count: 0 },
      { name: 'channel_vacated', channel: 'cache-b' },
      { name: 'member_removed', channel: 'presence-a', user_id: '1' },
      { name: 'channel_vacated', channel: 'presence-a' },
    ])
  })

  it('are signed so that the official library takes them', async () => {
    const { connect, deliver, deliveries } = await setup()
    await (await connect()).join('a')
    await deliver(1)
    const backend = new BackendPusher({ appId: 'app-id', key: KEY, secret: SECRET, cluster: 'x' })
    const [{ headers, rawBody } = { headers: {}, rawBody: '' }] = deliveries
    const webhook = backend.webhook({ headers: headers as never, rawBody })
    expect(webhook.isValid()).toBe(true)
    expect(webhook.getEvents()).toHaveLength(2)
    expect(backend.webhook({ headers: headers as never, rawBody: `${rawBody} ` }).isValid()).toBe(false)
  })

  it('are filtered before they are signed and sent', async () => {
    const { connect, deliver, deliveries } = await setup({
      events: ['channel_occupied'],
      channelStartsWith: 'x-',
      channelEndsWith: '-z',
    })
    const guest = await connect()
    for (const channel of ['a', 'x-a', 'a-z', 'x-a-z']) await guest.join(channel)
    await deliver(1)
    expect(deliveries.map(({ events }) => events)).toEqual([[{ name: 'channel_occupied', channel: 'x-a-z' }]])
  })

  it('never mix apps', async () => {
    const receiver = await startReceiver()
    const webhooks = [{ url: receiver.url, events: ['channel_occupied' as const] }]
    const other = { id: 'b', key: 'b-key', secret: 'b-secret', webhooks }
    const { connect, clock } = setupPusher({ apps: [{ ...APP, webhooks }, other] })
    await (await connect()).join('a')
    await (await connect({ path: '/app/b-key' })).join('b')
    await clock.advance(50)
    await receiver.until(2)
    const told = receiver.deliveries.map(
      ({ headers, events }) => `${headers['x-pusher-key']}: ${events.map(({ channel }) => channel)}`,
    )
    expect(told.sort()).toEqual(['app-key: a', 'b-key: b'])
  })

  it('carry headers of their own', async () => {
    const { connect, deliver, deliveries } = await setup({ headers: { 'X-Own': 'yes' } })
    await (await connect()).join('a')
    await deliver(1)
    expect(deliveries[0]?.headers).toMatchObject({ 'x-own': 'yes', 'content-type': 'application/json' })
  })

  it('are tried again with growing waits, and keep their order meanwhile', async () => {
    const {
      connect,
      clock,
      deliveries,
      answer,
      until: arrived,
    } = await setup({ events: ['channel_occupied'] })
    answer({ status: 500 }, { status: 503 }, { status: 200 })
    const guest = await connect()
    await guest.join('a')
    await clock.advance(50)
    await arrived(1)
    await guest.join('b')
    await until(() => clock.pending.some(({ dueIn }) => dueIn === 1000))
    await clock.advance(1000)
    await arrived(2)
    await until(() => clock.pending.some(({ dueIn }) => dueIn === 2000))
    await clock.advance(2000)
    await arrived(4)
    expect(deliveries.map(({ events }) => events.map(({ channel }) => channel))).toEqual([
      ['a'],
      ['a'],
      ['a'],
      ['b'],
    ])
  })

  it('wait as long as they are asked to', async () => {
    const {
      connect,
      clock,
      deliveries,
      answer,
      until: arrived,
    } = await setup({ events: ['channel_occupied'] })
    answer({ status: 429, headers: { 'Retry-After': '7' } })
    await (await connect()).join('a')
    await clock.advance(50)
    await arrived(1)
    await until(() => clock.pending.some(({ dueIn }) => dueIn === 7000))
    await clock.advance(7000)
    await arrived(2)
    expect(deliveries).toHaveLength(2)
  })

  it('are given up after six tries, and that is told without what the address hides', async () => {
    const {
      connect,
      clock,
      deliveries,
      answer,
      crashes,
      until: arrived,
    } = await setup({ events: ['channel_occupied'] })
    answer(...Array.from({ length: 6 }, () => ({ status: 500 })))
    await (await connect()).join('a')
    await clock.advance(50)
    for (let tries = 1; tries < 6; tries++) {
      await arrived(tries)
      const waitMs = 1000 * 2 ** (tries - 1)
      await until(() => clock.pending.some(({ dueIn }) => dueIn === waitMs))
      await clock.advance(waitMs)
    }
    await until(() => crashes.length > 0)
    expect(deliveries).toHaveLength(6)
    const [{ message } = { message: '' }] = crashes.splice(0) as Error[]
    expect(message).toMatch(/^1 events of webhook http:\S+\/hook of app app-id are lost: it answered 500$/)
  })

  it('are not tried again where they are refused', async () => {
    const { connect, deliver, deliveries, answer, crashes } = await setup({ events: ['channel_occupied'] })
    answer({ status: 410 })
    const guest = await connect()
    await guest.join('a')
    await deliver(1)
    await until(() => crashes.length > 0)
    expect(crashes.splice(0)).toMatchObject([{ message: expect.stringContaining('it answered 410') }])
    await guest.join('b')
    await deliver(2)
    expect(deliveries).toHaveLength(2)
  })
})
