import { findFreePort } from '../../../../scripts/find-free-port.mjs'
import { type buildCli, type LogLine, linesOf, type Running } from '../cli/cli-test-setup.ts'
import { type Relay, startRelay } from '../relay-test-setup.ts'

/** A node of its own process, which always listens at one port. */
export interface NodeProcess {
  readonly port: number
  readonly isUp: boolean
  start(): Promise<void>
  kill(): Promise<void>
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>
  /** What it has logged under this name since it started. */
  linesOf(event: string): readonly LogLine[]
}

export async function startNodeProcess(
  { run }: ReturnType<typeof buildCli>,
  redisPort: number,
  more: readonly string[] = [],
): Promise<NodeProcess> {
  const port = await findFreePort()
  const own = [`--port=${port}`, '--adapter=redis', `--redis.port=${redisPort}`, '--log.format=json']
  let running: Running | undefined
  let latest: Running | undefined

  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const ending = running
    running = undefined
    ending?.child.kill(signal)
    await ending?.ended
  }
  const start = async (): Promise<void> => {
    const started = run(['start', ...own, '--mqtt.tcp=off', ...more])
    await started.sees(/"event":"start"/)
    running = latest = started
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
    linesOf: (event) => (latest ? linesOf(latest, event) : []),
  }
}

/** One address for all nodes: each connection goes to the next one that is up. */
export function startBalancer(nodes: readonly NodeProcess[]): Promise<Relay> {
  let turn = 0
  return startRelay(() => {
    const up = nodes.filter(({ isUp }) => isUp)
    return up[turn++ % up.length]?.port
  })
}
