import { createCluster } from './cluster.ts'
import { createControlRoutes } from './control/control-routes.ts'
import type { Core } from './core.ts'
import { createHealthRoutes } from './health.ts'
import { createIngest } from './ingest/ingest-routes.ts'
import { createInspector } from './inspect/inspect-routes.ts'
import { createMetricsRoutes } from './metrics/metrics-routes.ts'
import { Traffic } from './metrics/traffic.ts'
import type { Route } from './route.ts'
import { usedPercent } from './usage.ts'
import type { Verbs } from './verbs.ts'

/** The pages that a server has of its own, as its options say. */
export interface OwnRoutes {
  readonly routes: readonly Route[]
  /** Brings to clients what waits for them, before they are asked to go. */
  flush(): Promise<void>
  /** Ends what would keep the server from ending. */
  close(): void
}

export function createOwnRoutes(core: Core, verbs: Verbs, isDraining: () => boolean): OwnRoutes {
  const { options, clock } = core
  const { mode, control, inspect, metrics, memoryPercent } = options
  const startedAt = clock.now()
  const cluster = createCluster(core, isDraining)
  const health = createHealthRoutes({
    memoryPercent,
    usedPercent,
    isDraining,
    isAway: () => core.adapter.isAway,
    counts: () => ({ connections: core.connections.size, channels: core.hub.channels().size }),
    since: () => clock.now() - startedAt,
    node: cluster.own().id,
  })
  const hasControl = control !== undefined
  const inspector = inspect
    ? createInspector({ options: inspect, mode, hasControl, verbs, cluster, clock })
    : undefined
  const ingest = options.ingest && createIngest(options.ingest, { core, verbs, isDraining, usedPercent })
  return {
    routes: [
      ...health,
      ...core.routes,
      ...(control ? createControlRoutes(control, verbs) : []),
      ...(inspector?.routes ?? []),
      ...(ingest?.routes ?? []),
      ...(metrics
        ? createMetricsRoutes(metrics, {
            core,
            cluster,
            isDraining,
            traffic: new Traffic(toTrafficNeeds(core)),
          })
        : []),
    ],
    async flush() {
      await ingest?.flush()
    },
    close() {
      inspector?.close()
    },
  }
}

const toTrafficNeeds = ({ hooks, connections, endpoints }: Core) => ({
  hooks,
  connections,
  endpoints: [...endpoints.all].map(({ name }) => name),
})
