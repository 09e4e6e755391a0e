import { hostname } from 'node:os'
import type { StoreState } from './adapter.ts'
import type { Core } from './core.ts'
import { randomId } from './ids.ts'

/** A node, as it says of itself. */
export interface NodeReport {
  /** Made up when it was created. */
  readonly id: string
  /** Where it listens: name and port. */
  readonly address: string
  /** Milliseconds since 1970, by its own clock. */
  readonly startedAt: number
  readonly connections: number
  readonly channels: number
  readonly isDraining: boolean
}

/** All nodes that share a store with this one. */
export interface Cluster {
  own(): NodeReport
  /** This one first; those that do not answer are left out, and all others while the store is away. */
  all(): Promise<readonly NodeReport[]>
  /** Undefined where one node is alone, and before the first try. */
  readonly store: StoreState | undefined
}

const TOPIC = 'node'

export function createCluster(
  { adapter, hub, hooks, clock, connections }: Core,
  isDraining: () => boolean,
): Cluster {
  const id = randomId(6)
  const startedAt = clock.date()
  let address = hostname()
  let store: StoreState | undefined
  hooks.on('start', (at) => {
    address = toAddress(at)
  })
  hooks.on('store', (state) => {
    store = state
  })

  const own = (): NodeReport => ({
    id,
    address,
    startedAt,
    connections: connections.size,
    channels: hub.channels().size,
    isDraining: isDraining(),
  })
  hub.onAsked(TOPIC, own)

  return {
    own,
    async all() {
      const answers = await adapter.ask(TOPIC, {}).catch(() => [own()])
      // A node of an older version knows nothing of it.
      return answers.filter((answer) => answer !== undefined && answer !== null) as readonly NodeReport[]
    },
    get store() {
      return store
    },
  }
}

/** Who listens at every address of its machine is found by its name. */
function toAddress({ host, port }: { readonly host: string; readonly port: number }): string {
  const name = host === '0.0.0.0' || host === '::' ? hostname() : host
  return `${name.includes(':') ? `[${name}]` : name}:${port}`
}
