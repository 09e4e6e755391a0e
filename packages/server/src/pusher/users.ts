import type { PusherConnection } from './connection.ts'

/** Who is signed in to an app, and who wants to know. */
export class Users {
  readonly #online = new Map<string, Set<PusherConnection>>()
  readonly #watchers = new Map<string, Set<PusherConnection>>()

  /** All connections of a user. */
  of(user: string): readonly PusherConnection[] {
    return [...(this.#online.get(user) ?? [])]
  }

  enter(user: string, connection: PusherConnection, watchlist: readonly string[]): void {
    for (const watched of watchlist) add(this.#watchers, watched, connection)
    const isNew = !this.#online.has(user)
    add(this.#online, user, connection)
    if (isNew) this.#tell('online', user)
    const online = watchlist.filter((id) => this.#online.has(id))
    const offline = watchlist.filter((id) => !this.#online.has(id))
    connection.watched([
      ...(online.length ? [{ name: 'online' as const, user_ids: online }] : []),
      ...(offline.length ? [{ name: 'offline' as const, user_ids: offline }] : []),
    ])
  }

  leave(user: string, connection: PusherConnection, watchlist: readonly string[]): void {
    for (const watched of watchlist) remove(this.#watchers, watched, connection)
    remove(this.#online, user, connection)
    if (!this.#online.has(user)) this.#tell('offline', user)
  }

  #tell(name: 'online' | 'offline', user: string): void {
    for (const watcher of this.#watchers.get(user) ?? []) watcher.watched([{ name, user_ids: [user] }])
  }
}

type Table = Map<string, Set<PusherConnection>>

function add(table: Table, user: string, connection: PusherConnection): void {
  const connections = table.get(user)
  if (connections) connections.add(connection)
  else table.set(user, new Set([connection]))
}

function remove(table: Table, user: string, connection: PusherConnection): void {
  const connections = table.get(user)
  if (connections?.delete(connection) && !connections.size) table.delete(user)
}
