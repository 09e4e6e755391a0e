import { describe, expect, it, onTestFinished } from 'vitest'
import { startRedis } from '../redis/redis-test-setup.ts'
import { until } from '../until-test-setup.ts'
import type { PusherOptions } from './app.ts'
import { dialPusher, startPusher, startReceiver } from './live-test-setup.ts'
import { APP } from './pusher-test-setup.ts'

async function startNodes(options: PusherOptions = {}) {
  const redis = await startRedis()
  const more = { adapter: 'redis', redis: { port: redis.port } } as const
  const [a, b] = [await startPusher(options, more), await startPusher(options, more)]
  onTestFinished(() => expect([a.crashes, b.crashes]).toEqual([[], []]))
  return { redis, a, b }
}

type Reply = { json(): Promise<unknown> }
const get = async (node: Awaited<ReturnType<typeof startPusher>>, path: string, params = {}) =>
  ((await node.backend.get({ path, params })) as unknown as Reply).json()

describe('Pusher over two nodes', () => {
  it('publishes to both, and passes client events on', async () => {
    const { a, b } = await startNodes({ apps: [{ ...APP, enableClientMessages: true }] })
    const [one, two] = [await dialPusher(a.port), await dialPusher(b.port)]
    for (const guest of [one, two]) await guest.join('private-x')
    await a.backend.trigger('private-x', 'said', { n: 1 })
    for (const guest of [one, two]) expect(await guest.next('said')).toMatchObject({ data: { n: 1 } })
    one.send({ event: 'client-typing', channel: 'private-x', data: { n: 2 } })
    expect(await two.next('client-typing')).toMatchObject({ data: { n: 2 } })
    expect(one.frames.filter(({ event }) => event === 'client-typing')).toEqual([])
  })

  it('has one list of members, each told once', async () => {
    const { a, b } = await startNodes()
    const [one, two] = [await dialPusher(a.port), await dialPusher(b.port)]
    await one.join('presence-x', { user_id: 'ann' })
    const joined = await two.join('presence-x', { user_id: 'ben' })
    expect(joined.data).toMatchObject({ presence: { count: 2, ids: ['ann', 'ben'] } })
    expect(await one.next('pusher_internal:member_added')).toMatchObject({ data: { user_id: 'ben' } })
    const again = await dialPusher(a.port)
    await again.join('presence-x', { user_id: 'ben' })
    two.socket.close()
    await two.ended
    again.socket.close()
    expect(await one.next('pusher_internal:member_removed')).toMatchObject({ data: { user_id: 'ben' } })
    expect(one.frames.filter(({ event }) => /member_/.test(event))).toHaveLength(2)
  })

  it('answers for both what is asked about connections, and has members by text ids, in the words of Reverb', async () => {
    const { a, b } = await startNodes({ dialect: 'reverb' })
    const [one, two] = [await dialPusher(a.port), await dialPusher(b.port)]
    expect(await get(a, '/connections')).toEqual({ connections: 2 })
    // Reverb takes no member without an info.
    await expect(one.join('presence-x', { user_id: 'ann' })).rejects.toThrow('Invalid message format')
    await one.join('presence-x', { user_id: 'ann', user_info: {} })
    const joined = await two.join('presence-x', { user_id: 'ben', user_info: { n: 1 } })
    expect(joined.data).toMatchObject({ presence: { ids: ['ann', 'ben'] } })
    expect(await one.next('pusher_internal:member_added')).toMatchObject({ data: { user_id: 'ben' } })
  })

  it('lets as many connect to an app as it may have on both', async () => {
    const { a, b } = await startNodes({ apps: [{ ...APP, maxConnections: 2 }] })
    const [, two] = [await dialPusher(a.port), await dialPusher(b.port)]
    const isRefused = async (node: typeof a): Promise<boolean> => {
      const guest = await dialPusher(node.port).catch(() => undefined)
      guest?.socket.close()
      await guest?.ended
      return !guest
    }
    // What other nodes have is asked once a second.
    await until(async () => expect([await isRefused(a), await isRefused(b)]).toEqual([true, true]))
    two.socket.close()
    await two.ended
    await until(async () => expect(await isRefused(a)).toBe(false))
  })

  it('answers for both what is asked about channels and users', async () => {
    const { a, b } = await startNodes()
    const [one, two] = [await dialPusher(a.port), await dialPusher(b.port)]
    await one.join('presence-x', { user_id: 'ann' })
    await two.join('presence-x', { user_id: 'ben' })
    await two.join('of-b')
    expect(await get(a, '/channels')).toEqual({ channels: { 'presence-x': {}, 'of-b': {} } })
    const info = { info: 'user_count,subscription_count' }
    const counts = { user_count: 2, subscription_count: 2 }
    expect(await get(b, '/channels/presence-x', info)).toEqual({ occupied: true, ...counts })
    expect(await get(a, '/channels/of-b')).toEqual({ occupied: true })
    expect(await get(a, '/channels/presence-x/users')).toEqual({ users: [{ id: 'ann' }, { id: 'ben' }] })
  })

  it('ends the connections of a user on both', async () => {
    const { a, b } = await startNodes()
    const [one, two, other] = [await dialPusher(a.port), await dialPusher(b.port), await dialPusher(b.port)]
    for (const guest of [one, two]) await guest.signin({ id: 'ann' })
    await other.signin({ id: 'ben' })
    await a.backend.terminateUserConnections('ann')
    expect(await Promise.all([one.ended, two.ended])).toEqual([4009, 4009])
    other.send({ event: 'pusher:ping' })
    await other.next('pusher:pong')
  })

  it('recalls the last event of a cache channel from whichever node it was published at', async () => {
    const { a, b } = await startNodes()
    const early = await dialPusher(b.port)
    await early.join('cache-x')
    await early.next('pusher:cache_miss')
    for (const n of [1, 2]) await a.backend.trigger('cache-x', 'said', { n })
    await early.next('said')
    await early.next('said')
    const late = await dialPusher(b.port)
    await late.join('cache-x')
    expect(await late.next('said')).toMatchObject({ data: { n: 2 } })
    expect(await get(b, '/channels/cache-x', { info: 'cache' })).toMatchObject({ cache: { data: '{"n":2}' } })
  })

  it('counts subscriptions of both, and tells webhooks of the first and the last', async () => {
    const receiver = await startReceiver()
    const webhooks = [{ url: receiver.url, events: ['channel_occupied', 'channel_vacated'] }] as const
    const { a, b } = await startNodes({
      apps: [{ ...APP, enableSubscriptionCount: true, webhooks }],
      webhookBatchMs: 0,
    })
    const [one, two] = [await dialPusher(a.port), await dialPusher(b.port)]
    await one.join('x')
    await receiver.until(1)
    await two.join('x')
    const counts = () =>
      one.frames.flatMap(({ event, data }) => (event === 'pusher_internal:subscription_count' ? [data] : []))
    await until(() => expect(counts().at(-1)).toEqual({ subscription_count: 2 }))
    one.socket.close()
    await one.ended
    two.socket.close()
    await receiver.until(2)
    const events = receiver.deliveries.flatMap(({ events: all }) => all.map(({ name }) => name))
    expect(events).toEqual(['channel_occupied', 'channel_vacated'])
  })

  it('goes on for clients of one node while Redis is away', async () => {
    const { redis, a } = await startNodes()
    const guest = await dialPusher(a.port)
    await guest.join('x')
    await redis.kill()
    await until(async () => expect((await fetch(`${a.url}/ready`)).status).toBe(503))
    await a.backend.trigger('x', 'alone', {})
    await guest.next('alone')
    const late = await dialPusher(a.port)
    await late.join('presence-x', { user_id: 'ann' })
    await redis.start()
    await until(async () => expect((await fetch(`${a.url}/ready`)).status).toBe(200))
    await a.backend.trigger('x', 'together', {})
    await guest.next('together')
    expect(guest.frames.filter(({ event }) => event === 'alone')).toHaveLength(1)
  })
})
