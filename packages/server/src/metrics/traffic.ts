import type { ConnectionInfo } from '../connection-info.ts'
import type { HookTable } from '../hooks.ts'

/** What the connections of one endpoint have done since the server began. */
export interface EndpointTraffic {
  readonly endpoint: string
  readonly connections: number
  readonly opened: number
  readonly framesIn: number
  readonly framesOut: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly bufferedBytes: number
  /** How many ended with which code. */
  readonly closed: ReadonlyMap<string, number>
}

type Sums = { -readonly [K in keyof EndpointTraffic]: EndpointTraffic[K] } & {
  readonly closed: Map<string, number>
}

interface TrafficNeeds {
  readonly hooks: Pick<HookTable, 'on'>
  readonly connections: Iterable<ConnectionInfo>
  /** Those that are listed from the start. */
  readonly endpoints: readonly string[]
}

/**
 * Sums of traffic. Connections count for themselves anyway, so a message costs nothing more: those that are up are
 * added when somebody asks, those that are over when they end.
 */
export class Traffic {
  readonly #connections: Iterable<ConnectionInfo>
  readonly #over = new Map<string, Sums>()

  constructor({ hooks, connections, endpoints }: TrafficNeeds) {
    this.#connections = connections
    for (const endpoint of endpoints) find(this.#over, endpoint)
    hooks.on('connect', ({ endpoint }) => {
      find(this.#over, endpoint).opened++
    })
    hooks.on('disconnect', (connection, { code }) => {
      const sums = find(this.#over, connection.endpoint)
      add(sums, connection)
      const label = toCodeLabel(code)
      sums.closed.set(label, (sums.closed.get(label) ?? 0) + 1)
    })
  }

  read(): readonly EndpointTraffic[] {
    const sums = new Map([...this.#over].map(([endpoint, over]) => [endpoint, { ...over }]))
    for (const connection of this.#connections) {
      const own = find(sums, connection.endpoint)
      add(own, connection)
      own.connections++
      own.bufferedBytes += connection.bufferedBytes
    }
    return [...sums.values()]
  }
}

function find(table: Map<string, Sums>, endpoint: string): Sums {
  const found = table.get(endpoint)
  if (found) return found
  const made: Sums = {
    endpoint,
    connections: 0,
    opened: 0,
    framesIn: 0,
    framesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    bufferedBytes: 0,
    closed: new Map(),
  }
  table.set(endpoint, made)
  return made
}

function add(sums: Sums, { received, sent }: ConnectionInfo): void {
  sums.framesIn += received.frames
  sums.bytesIn += received.bytes
  sums.framesOut += sent.frames
  sums.bytesOut += sent.bytes
}

/** Clients choose codes as well, and must not make a series of each. */
function toCodeLabel(code: number): string {
  const isKnown = (code >= 1000 && code <= 1015) || KNOWN.has(code)
  return isKnown ? `${code}` : 'other'
}

/** What the endpoints of this server close with: `raw/endings.ts`, `pusher/dialect.ts`. */
const KNOWN: ReadonlySet<number> = new Set([
  ...[4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 4008, 4009, 4010],
  ...[4100, 4200, 4201, 4301, 4302],
])
