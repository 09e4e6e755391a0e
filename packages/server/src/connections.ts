import { toAddressKey } from './address-key.ts'
import type { Connection } from './connection.ts'

export interface ConnectionLimits {
  readonly connections: number
  readonly connectionsPerAddress: number
}

/** All connections that are up. */
export interface Connections extends Iterable<Connection> {
  readonly size: number
  /** Which limit does not let another one in from this address. */
  full(address: string): keyof ConnectionLimits | undefined
  add(connection: Connection): void
  delete(connection: Connection): void
  get(id: string): Connection | undefined
  /** Calls once when none is left, at once if so; the result takes it back. */
  whenEmpty(run: () => void): () => void
}

export function createConnections(limits: ConnectionLimits): Connections {
  const table = new Map<string, Connection>()
  const counts = new Map<string, number>()
  const waiting = new Set<() => void>()

  const count = (connection: Connection, change: 1 | -1): void => {
    const address = toAddressKey(connection.address)
    const sum = (counts.get(address) ?? 0) + change
    if (sum) counts.set(address, sum)
    else counts.delete(address)
  }

  return {
    [Symbol.iterator]: () => table.values(),
    get size() {
      return table.size
    },
    full(address) {
      if (table.size >= limits.connections) return 'connections'
      const isFull = (counts.get(toAddressKey(address)) ?? 0) >= limits.connectionsPerAddress
      return isFull ? 'connectionsPerAddress' : undefined
    },
    add(connection) {
      table.set(connection.id, connection)
      count(connection, 1)
    },
    delete(connection) {
      if (!table.delete(connection.id)) return
      count(connection, -1)
      if (table.size) return
      for (const run of waiting) run()
      waiting.clear()
    },
    get: (id) => table.get(id),
    whenEmpty(run) {
      if (!table.size) {
        run()
        return () => {}
      }
      const own = (): void => run()
      waiting.add(own)
      return () => waiting.delete(own)
    },
  }
}
