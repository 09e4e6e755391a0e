/** The reference server with its defaults, but for limits that the sockets of a benchmark reach. */
import { createServer } from '@org/realtime-server'
import { obey } from './subject.ts'

const [data = ''] = process.argv.slice(2)
const most = 20_000
const server = createServer({
  mode: 'development',
  port: 0,
  limits: { connections: most, connectionsPerAddress: most },
  // The sockets of the benchmark say nothing.
  times: { idleMs: 3_600_000 },
})
const { port } = await server.listen()
obey({
  port,
  publish: () => void server.publish('all', 'message', data),
})
