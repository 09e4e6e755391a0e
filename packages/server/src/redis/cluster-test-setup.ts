import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { buildCli, Running } from '../cli/cli-test-setup.ts'
import { freePort } from './redis-test-setup.ts'

/** A node of its own process, which always listens at one port. */
export interface NodeProcess {
  readonly port: number
  readonly isUp: boolean
  start(): Promise<void>
  kill(): Promise<void>
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>
}

export async function startNodeProcess(
  { run }: ReturnType<typeof buildCli>,
  redisPort: number,
  more: readonly string[] = [],
): Promise<NodeProcess> {
  const port = await freePort()
  const own = [`--port=${port}`, '--adapter=redis', `--redis.port=${redisPort}`, '--log.format=json']
  let running: Running | undefined

  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const ending = running
    running = undefined
    ending?.child.kill(signal)
    await ending?.ended
  }
  const start = async (): Promise<void> => {
    const started = run(['start', ...own, '--mqtt.tcp=off', ...more])
    await started.sees(/"event":"start"/)
    running = started
  }
  await start()
  return {
    port,
    get isUp() {
      return running !== undefined
    },
    start,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}

/** One address for all nodes: each connection goes to the next one that is up. */
export async function startBalancer(nodes: readonly NodeProcess[]): Promise<{ readonly port: number }> {
  const sockets = new Set<Socket>()
  let turn = 0
  const server = createServer((near) => {
    const up = nodes.filter(({ isUp }) => isUp)
    const node = up[turn++ % up.length]
    if (!node) {
      near.destroy()
      return
    }
    const far = connect(node.port, '127.0.0.1')
    for (const [from, into] of [[near, far] as const, [far, near] as const]) {
      sockets.add(from)
      from.setNoDelay()
      from.pipe(into)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        into.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { port: (server.address() as AddressInfo).port }
}
