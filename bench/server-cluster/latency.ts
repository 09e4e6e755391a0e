/**
 * How long a message takes from whoever publishes it to whoever hears it, both in this process: on the node of the
 * publisher, on the other node, and in one server alone, in turns, one message under way at a time.
 */
import { dial } from './socket.ts'

const [a = '', b = '', alone = '', count = ''] = process.argv.slice(2)
const WARM = 300

async function route(name: string, from: string, to: string) {
  const [publisher, listener] = [await dial(Number(from)), await dial(Number(to), name)]
  let id = 0
  return async (): Promise<number> => {
    const heard = new Promise<void>((resolve) => {
      listener.onMessage = () => resolve()
    })
    const startedAt = performance.now()
    publisher.send({ t: 'pub', ch: name, id: `${id++}`, ev: 'said', data: 'x'.repeat(100) })
    await heard
    return performance.now() - startedAt
  }
}

const routes = {
  same: await route('same', a, a),
  cross: await route('cross', a, b),
  alone: await route('alone', alone, alone),
}
const times: Record<keyof typeof routes, number[]> = { same: [], cross: [], alone: [] }
for (let n = -WARM; n < Number(count); n++)
  for (const name of ['same', 'cross', 'alone'] as const) {
    const ms = await routes[name]()
    if (n >= 0) times[name].push(ms)
  }
process.stdout.write(JSON.stringify(times))
process.exit()
