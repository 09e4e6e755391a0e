import { setTimeout as wait } from 'node:timers/promises'

/** A server under test, in a process of its own. */
export interface Subject {
  readonly port: number
  /** Brings one message to every socket. */
  publish(): void
}

export type Order = { readonly do: 'memory' | 'cpu' } | { readonly do: 'burst'; readonly count: number }

/** Serves the orders of the parent process. */
export function obey({ port, publish }: Subject): void {
  process.on('message', async (order: Order) => {
    if (order.do === 'burst') process.send?.(await burst(order.count))
    else process.send?.(order.do === 'memory' ? await memory() : { cpuMs: cpuMs() })
  })
  process.send?.({ port })

  async function burst(count: number): Promise<{ cpuMs: number }> {
    const before = cpuMs()
    for (let round = 0; round < count; round++) {
      publish()
      await wait(0)
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
