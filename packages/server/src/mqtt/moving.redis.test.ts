import { createMqtt } from '@org/realtime-mqtt'
import { expect, it, onTestFinished } from 'vitest'
import { buildCli } from '../cli/cli-test-setup.ts'
import { type NodeProcess, startBalancer, startNodeProcess } from '../redis/cluster-test-setup.ts'
import { DURABLE, startRedis } from '../redis/redis-test-setup.ts'
import { until } from '../until-test-setup.ts'

const cli = buildCli()
const TOPICS = ['one', 'two']

it('clients behind a balancer get everything that was acknowledged, with one session, while nodes and Redis are killed', async () => {
  const redis = await startRedis(DURABLE)
  const lease = ['--redis.leaseMs=3000']
  const nodes = [
    await startNodeProcess(cli, redis.port, lease),
    await startNodeProcess(cli, redis.port, lease),
  ] as const
  const { port } = await startBalancer(nodes)
  const open = (clientId: string) => {
    const url = `ws://127.0.0.1:${port}/mqtt`
    const client = createMqtt({ url, clientId, clean: false, backoff: { capMs: 500 } })
    onTestFinished(() => client.close())
    return client
  }

  const gaps: unknown[] = []
  const listeners = ['a', 'b', 'c'].map((clientId) => {
    const heard = new Set<string>()
    const client = open(clientId)
    const channel = client.untyped('news/+', { qos: 1 })
    channel.on('message', (text) => void heard.add(String(text)))
    channel.onGap((gap) => void (gap.resumed || gaps.push([clientId, gap])))
    return { channel, heard }
  })
  const allJoined = async (): Promise<void> => {
    for (const { channel } of listeners)
      await until(() => expect(channel.status.get()).toMatchObject({ state: 'joined' }))
  }
  await allJoined()

  const acknowledged = new Set<string>()
  let isOver = false
  const publish = async (topic: string): Promise<void> => {
    const client = open(`from-${topic}`)
    for (let n = 0; !isOver; n++) {
      const text = `${topic} ${n}`
      const receipt = await client
        .untyped(`news/${topic}`)
        .publish('message', text, { delivery: n % 2 ? 'exactly-once' : 'at-least-once' })
      if (receipt.outcome === 'acknowledged') acknowledged.add(text)
    }
  }
  const publishing = TOPICS.map(publish)

  for (const victim of [nodes[0], redis, nodes[1], nodes[0]]) {
    // A client that comes to a node which does not reach Redis is told that its session is not there.
    await allJoined()
    const before = acknowledged.size
    await victim.kill()
    // The others go on, except without Redis.
    if (victim !== redis) await until(() => expect(acknowledged.size).toBeGreaterThan(before + 20))
    await victim.start()
    const statusOf = async (node: NodeProcess) => (await fetch(`http://127.0.0.1:${node.port}/ready`)).status
    await until(async () => expect(await Promise.all(nodes.map(statusOf))).toEqual([200, 200]))
    const after = acknowledged.size
    await until(() => expect(acknowledged.size).toBeGreaterThan(after + 20))
  }
  isOver = true
  await Promise.all(publishing)
  expect(gaps).toEqual([])
  for (const { heard } of listeners)
    await until(() => expect([...acknowledged].filter((text) => !heard.has(text))).toEqual([]))
  expect(gaps).toEqual([])
}, 120_000)
