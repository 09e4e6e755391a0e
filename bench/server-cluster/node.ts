/** One node of a cluster, or a server alone: with its defaults, but for limits that a benchmark reaches. */
import { createServer } from '@org/realtime-server'
import { obey } from '../server/subject.ts'

const [redisPort = '', channels = '1'] = process.argv.slice(2)
const most = 20_000
const server = createServer({
  mode: 'development',
  port: 0,
  limits: { connections: most, connectionsPerAddress: most },
  publishRate: { perSecond: 1_000_000, burst: 1_000_000 },
  // The sockets of the benchmark say nothing.
  times: { idleMs: 3_600_000 },
  ...(redisPort && { adapter: 'redis', redis: { port: Number(redisPort) } }),
})
const { port } = await server.listen()
let turn = 0
obey({
  port,
  publish: () => void server.publish(`presence-${turn++ % Number(channels)}`, 'message', 'x'.repeat(100)),
})
