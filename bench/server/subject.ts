import { setTimeout as wait } from 'node:timers/promises'

/** A server under test, in a process of its own. */
export interface Subject {
  readonly port: number
  /** Brings one message to every socket. */
  publish(): void
}

/** So many publishes, so many of them in one turn of the event loop. */
interface Burst {
  readonly do: 'burst'
  readonly count: number
  /** @default 1 */
  readonly together?: number
}

export type Order = { readonly do: 'memory' | 'cpu' } | Burst

/** Serves the orders of the parent process. */
export function obey({ port, publish }: Subject): void {
  process.on('message', async (order: Order) => {
    if (order.do === 'burst') process.send?.(await burst(order))
    else process.send?.(order.do === 'memory' ? await memory() : { cpuMs: cpuMs() })
  })
  process.send?.({ port })

  async function burst({ count, together = 1 }: Burst): Promise<{ cpuMs: number }> {
    const before = cpuMs()
    for (let nth = 1; nth <= count; nth++) {
      publish()
      if (nth % together === 0) await wait(0)
    }
    return { cpuMs: cpuMs() - before }
  }
}

/** That this process has used so far. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** After everything that can be let go of is. */
async function memory(): Promise<{ rss: number; heap: number }> {
  for (let round = 0; round < 5; round++) {
    globalThis.gc?.()
    await wait(50)
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heap: heapUsed + external }
}
