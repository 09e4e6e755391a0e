import { expect, it } from 'vitest'
import { buildCli } from '../cli/cli-test-setup.ts'
import { dialPusher, startPusher } from '../pusher/live-test-setup.ts'
import { APP } from '../pusher/pusher-test-setup.ts'
import { dialRaw } from '../socket-test-setup.ts'
import { until } from '../until-test-setup.ts'
import { startNodeProcess } from './cluster-test-setup.ts'
import { startRedis } from './redis-test-setup.ts'

const EACH = 100
const EVENTS = 1000

const cli = buildCli()

it('13: two servers, one Redis, 200 clients', async () => {
  const redis = await startRedis()
  // On a busy machine a Redis that is slow is not away.
  const more = { adapter: 'redis', redis: { port: redis.port, timeoutMs: 30_000 } } as const
  const options = { apps: [APP], members: 2 * EACH }
  const [a, b] = [await startPusher(options, more), await startPusher(options, more)]
  const dialAll = (node: typeof a) => Promise.all(Array.from({ length: EACH }, () => dialPusher(node.port)))
  const [ofA, ofB] = [await dialAll(a), await dialAll(b)]
  const all = [...ofA, ...ofB]
  for (const [index, guest] of all.entries()) await guest.join('presence-x', { user_id: `${index}` })

  const first = all[0] as (typeof all)[0]
  const added = () => first.frames.filter(({ event }) => event === 'pusher_internal:member_added')
  await until(() => expect(added()).toHaveLength(2 * EACH - 1))
  expect(new Set(added().map(({ data }) => (data as { user_id: string }).user_id)).size).toBe(2 * EACH - 1)
  const users = (await (await b.backend.get({ path: '/channels/presence-x/users' })).json()) as {
    users: unknown[]
  }
  expect(users.users).toHaveLength(2 * EACH)

  const saidTo = (guest: (typeof all)[0], event: string) =>
    guest.frames.flatMap((frame) => (frame.event === event ? [(frame.data as { n: number }).n] : []))
  for (let n = 0; n < EVENTS; n++) await a.server.publishPusher('presence-x', 'said', { n })
  const numbers = Array.from({ length: EVENTS }, (_, n) => n)
  const isLast = ({ event, data }: (typeof first.frames)[0]): boolean =>
    event === 'said' && (data as { n: number }).n === EVENTS - 1
  const lacks = (guest: typeof first): boolean => !guest.frames.some(isLast)
  await until(() => expect(all.filter(lacks).length).toBe(0), { timeout: 120_000 })
  for (const guest of all) expect(saidTo(guest, 'said')).toEqual(numbers)

  const ready = async (node: typeof a) => (await fetch(`${node.url}/ready`)).status
  await redis.kill()
  await until(async () => expect([await ready(a), await ready(b)]).toEqual([503, 503]))
  await a.server.publishPusher('presence-x', 'alone', { n: 1 })
  await until(() => expect(ofA.every((guest) => saidTo(guest, 'alone').length === 1)).toBe(true))
  await redis.start()
  await until(async () => expect([await ready(a), await ready(b)]).toEqual([200, 200]))
  // One that comes before the other node listens again is part of what is lost with such a Redis.
  let sent = 0
  await until(async () => {
    await b.server.publishPusher('presence-x', 'together', { n: ++sent })
    expect(all.every((guest) => saidTo(guest, 'together').length)).toBe(true)
  })
  await until(() => expect(all.every((guest) => saidTo(guest, 'together').at(-1) === sent)).toBe(true))
  for (const [index, guest] of all.entries()) {
    expect(saidTo(guest, 'said')).toHaveLength(EVENTS)
    const together = saidTo(guest, 'together')
    expect(together).toEqual(Array.from(together, (_, n) => sent - together.length + n + 1))
    expect(saidTo(guest, 'alone')).toEqual(index < EACH ? [1] : [])
    expect(guest.frames.filter(({ event }) => event === 'pusher_internal:member_removed')).toEqual([])
  }
  expect([a.crashes, b.crashes]).toEqual([[], []])
}, 180_000)

it('members of a node that is killed are gone within its lease, and its channels go on elsewhere', async () => {
  const redis = await startRedis()
  const lease = ['--redis.leaseMs=3000', '--times.sessionMs=0']
  const [stays, dies] = [
    await startNodeProcess(cli, redis.port, lease),
    await startNodeProcess(cli, redis.port, lease),
  ]
  const [one, two] = [await dialRaw(stays.port), await dialRaw(dies.port)]
  for (const guest of [one, two]) {
    await guest.hello()
    guest.send({ t: 'sub', chs: [{ ch: 'presence-x' }] })
  }
  await one.next('subbed')
  const { epoch = '', off = 0 } = (await two.next('subbed')) as { epoch?: string; off?: number }
  const joined = await one.next('join')
  two.send({ t: 'pub', ch: 'presence-x', id: 'i1', ev: 'said', data: 1, ack: true })
  await two.next('ack')
  await dies.kill()
  const left = await one.next('leave')
  expect(left).toMatchObject({ id: (joined as unknown as { member: { id: string } }).member.id })
  const back = await dialRaw(stays.port)
  await back.hello()
  back.send({ t: 'sub', chs: [{ ch: 'presence-x', epoch, off }] })
  expect(await back.next('subbed')).toMatchObject({ epoch, off, recovered: true })
  expect(await back.next('msg')).toMatchObject({ off: off + 1, ev: 'said', data: 1 })
  // It was sent again, because its acknowledgement may have been lost.
  back.send({ t: 'pub', ch: 'presence-x', id: 'i1', ev: 'said', data: 1, ack: true })
  expect(await back.next('ack')).toMatchObject({ off: off + 1 })
})
