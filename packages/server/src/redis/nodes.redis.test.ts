import { expect, it } from 'vitest'
import type { NodeReport } from '../cluster.ts'
import { watchInspector } from '../inspect/inspect-test-setup.ts'
import { scrape } from '../metrics/metrics-test-setup.ts'
import { dialRaw, startServer } from '../socket-test-setup.ts'
import { startRedis } from './redis-test-setup.ts'

it('the inspector of a node shows all nodes, who drains, and this one alone while Redis is away', async () => {
  const redis = await startRedis()
  const options = { adapter: 'redis', redis: { port: redis.port } } as const
  const [one, two] = [await startServer(options), await startServer(options)]
  const guest = await dialRaw(two.port)
  await guest.hello()
  guest.send({ t: 'sub', chs: [{ ch: 'room' }] })
  await guest.next('subbed')
  const { sees } = await watchInspector(one.url)
  const ofTwo = (nodes: readonly NodeReport[]) =>
    nodes.find(({ address }) => address === `127.0.0.1:${two.port}`)

  const { node, nodes, store } = await sees('cluster', ({ nodes }) => nodes.length === 2)
  expect(store).toEqual({ isAway: false, store: `127.0.0.1:${redis.port}` })
  expect(nodes[0]).toMatchObject({ id: node, address: `127.0.0.1:${one.port}`, connections: 0 })
  expect(ofTwo(nodes)).toMatchObject({ connections: 1, channels: 1, isDraining: false })
  // What a balancer has led to which node is told by each of them.
  const usage = (await (await fetch(`${one.url}/usage`)).json()) as { node: string }
  expect(usage.node).toBe(node)
  const info = `realtime_node_info{node="${node}",address="127.0.0.1:${one.port}"}`
  expect((await scrape(one.url)).get(info)).toBe(1)

  const closed = two.server.close({ drainMs: 60_000 })
  await sees('cluster', ({ nodes }) => ofTwo(nodes)?.isDraining === true)
  guest.socket.close()
  await closed
  await redis.kill()
  const away = await sees('cluster', ({ store }) => store.isAway)
  expect(away.nodes.map(({ id }) => id)).toEqual([node])
})
