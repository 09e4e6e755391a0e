import type { CollectFunction, Counter, Gauge, Registry } from 'prom-client'
import { type MetricNeeds, metricTable } from './metric-table.ts'

/** Those of the process are the same for every server in it. */
let ofProcess: Registry | undefined

/**
 * Metrics of this server, of its process and of Node, as prom-client has them. It is loaded when somebody first asks:
 * most servers are never asked, and measuring the event loop costs a little.
 */
export async function createRegistry(needs: MetricNeeds): Promise<Registry> {
  const { collectDefaultMetrics, Counter, Gauge, Registry } = await import('prom-client')
  if (!ofProcess) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess })
  }
  const own = new Registry()
  for (const { name, help, labels, type, read } of metricTable) {
    const shared = { name, help, labelNames: [...labels], registers: [own] }
    const counts: CollectFunction<Counter> = function () {
      this.reset()
      for (const [values, value] of read(needs)) this.inc({ ...values }, value)
    }
    const sets: CollectFunction<Gauge> = function () {
      this.reset()
      for (const [values, value] of read(needs)) this.set({ ...values }, value)
    }
    if (type === 'counter') new Counter({ ...shared, collect: counts })
    else new Gauge({ ...shared, collect: sets })
  }
  return Registry.merge([own, ofProcess])
}
