import { expect, it } from 'vitest'
import { startRedis, startWire } from './redis/redis-test-setup.ts'
import { dialRaw, startServer } from './socket-test-setup.ts'
import { until } from './until-test-setup.ts'

const CHANNEL = 'room'

/** Two nodes that can be cut off from their Redis, with a client of each in the room. */
async function startNodes() {
  const redis = await startRedis()
  const start = async () => {
    const wire = await startWire(redis.port)
    const node = await startServer({ adapter: 'redis', redis: { port: wire.port } })
    const guest = await dialRaw(node.port)
    await guest.hello()
    const isReady = async () => (await fetch(`${node.url}/ready`)).status === 200
    return { ...node, wire, guest, isReady }
  }
  const nodes = [await start(), await start()] as const
  for (const { guest } of nodes) {
    guest.send({ t: 'sub', chs: [{ ch: CHANNEL }] })
    await guest.next('subbed')
  }
  return nodes
}

it('puts out of a channel on all nodes, once', async () => {
  const [a, b] = await startNodes()
  expect(a.server.revoke(CHANNEL, { message: 'Banned' })).toBe(1)
  for (const { guest } of [a, b]) expect(await guest.next('refused')).toMatchObject({ message: 'Banned' })
  expect(b.server.channels()).toEqual([])
  // Whoever comes back stays: no node hears of its own again.
  a.guest.send({ t: 'sub', chs: [{ ch: CHANNEL }] })
  await a.guest.next('subbed')
  b.server.revoke('other')
  await b.server.publish(CHANNEL, 'said', 1)
  await a.guest.next('msg')
  expect([a.crashes, b.crashes]).toEqual([[], []])
})

it.each([
  ['the node that is told to cannot reach Redis', 0],
  ['the other node cannot reach Redis', 1],
])('puts out on the other node once it can while %s', async (_, index) => {
  const nodes = await startNodes()
  const [a, b] = nodes
  const cut = nodes[index] as typeof a
  cut.wire.cut()
  await until(async () => expect(await cut.isReady()).toBe(false))
  expect(a.server.revoke(CHANNEL)).toBe(1)
  await a.guest.next('refused')
  expect(b.server.channels()).toEqual([{ name: CHANNEL, subscribers: 1 }])
  cut.wire.join()
  expect(await b.guest.next('refused')).toMatchObject({ ch: CHANNEL, code: 'forbidden' })
  expect([a.crashes, b.crashes]).toEqual([[], []])
})
