import type { Adapter, SharedSession } from '../adapter.ts'
import type { Clock } from '../clock.ts'
import type { Identity } from '../identify.ts'
import { randomId } from '../ids.ts'
import type { RawConnection } from './connection.ts'
import { endings } from './endings.ts'
import { Session } from './session.ts'

interface SessionsNeeds {
  readonly clock: Clock
  /** How long a session outlives its last connection. */
  readonly sessionMs: number
  readonly adapter: Adapter
  readonly crash: (error: unknown, where: string) => void
}

/** The session that a client names. */
export interface NamedSession {
  readonly secret: string | undefined
  /** By a rule of faults: it is over, or may have more connections than it should. */
  readonly fault?: 'forget-session' | 'split-session'
}

export interface Sessions {
  /** Goes on with the session that is named, if it is this user's, or begins one. */
  open(
    named: NamedSession,
    who: Identity,
    connection: RawConnection,
  ): { readonly session: Session; readonly resumed: boolean }
  find(client: string): Session | undefined
  /** Brings a session here that another node has, or had; resolves in any case. Undefined for nothing to do. */
  fetch(named: NamedSession): Promise<void> | undefined
  /** Tells the other nodes of all that are here. */
  holdAll(): void
  /** The connection has entered a presence channel. */
  hold(session: Session, channel: string, connection: RawConnection): void
  /** It has left it: the place is given up at once. */
  letGo(session: Session, channel: string, connection: RawConnection): void
  /** The connection is over: places and session wait for the client to come back. */
  lost(session: Session, connection: RawConnection): void
  /** The client will not come back, unless it has another connection. */
  bye(session: Session, connection: RawConnection): void
  readonly size: number
  close(): void
}

/** Of a node that dies without a word sessions are known for as long at least, and at most twice as long. */
const KEPT_MS = 300_000

/** A client has at most these at once. */
const MOST_CONNECTIONS = 2

export function createSessions({ clock, sessionMs, adapter, crash }: SessionsNeeds): Sessions {
  const bySecret = new Map<string, Session>()
  const byClient = new Map<string, Session>()

  // Without an end of their own there is nothing to go on with.
  const shared = sessionMs > 0 ? adapter.sessions : undefined
  const tell = (told: Promise<void> | undefined): void =>
    void told?.catch((error: unknown) => crash(error, 'sessions of all nodes'))
  const hold = (session: Session): void => tell(shared?.hold(session, 2 * KEPT_MS))
  const holdAll = (): void => {
    for (const session of bySecret.values()) if (session.connections.length) hold(session)
  }
  const holdLater = (): (() => void) =>
    clock.after(KEPT_MS, () => {
      holdAll()
      cancelHold = holdLater()
    })
  let cancelHold = shared ? holdLater() : (): void => {}

  const keep = ({ secret, client, userId }: SharedSession): Session => {
    const session = new Session(secret, client, userId)
    bySecret.set(secret, session)
    byClient.set(client, session)
    return session
  }

  const begin = (who: Identity): Session => {
    const client = randomId(9)
    return keep({ secret: randomId(), client, userId: who === 'anonymous' ? client : who.id })
  }

  const find = (secret: string | undefined, who: Identity): Session | undefined => {
    const session = secret === undefined ? undefined : bySecret.get(secret)
    const userId = who === 'anonymous' ? session?.client : who.id
    return session?.userId === userId ? session : undefined
  }

  const leave = (session: Session, channel: string): void => {
    session.holds?.get(channel)?.cancel?.()
    session.holds?.delete(channel)
    adapter
      .leave(channel, session.client, session.userId)
      .catch((error: unknown) => crash(error, `leaving ${channel}`))
  }

  /** @param elsewhereMs for so long other nodes may go on with it */
  const end = (session: Session, elsewhereMs = 0): void => {
    session.cancelEnd?.()
    for (const channel of [...(session.holds?.keys() ?? [])]) leave(session, channel)
    bySecret.delete(session.secret)
    byClient.delete(session.client)
    tell(shared?.release(session.secret, elsewhereMs))
  }

  /** For the client to come back within. */
  const endLater = (session: Session): void => {
    session.cancelEnd = clock.after(sessionMs, () => end(session))
  }

  const remove = (session: Session, connection: RawConnection): void => {
    session.connections = session.connections.filter((other) => other !== connection)
  }

  return {
    open({ secret, fault }, who, connection) {
      const found = find(secret, who)
      if (found && fault === 'forget-session') end(found)
      const known = fault === 'forget-session' ? undefined : found
      const session = known ?? begin(who)
      session.cancelEnd?.()
      session.cancelEnd = undefined
      hold(session)
      // Not by `push`, which keeps room for sixteen more.
      session.connections = [...session.connections, connection]
      const isCrowded = session.connections.length > MOST_CONNECTIONS
      if (isCrowded && fault !== 'split-session') session.connections[0]?.end(endings.replaced)
      return { session, resumed: known !== undefined }
    },
    find: (client) => byClient.get(client),
    fetch({ secret, fault }) {
      if (!shared || secret === undefined || fault === 'forget-session' || bySecret.has(secret)) return
      return shared.find(secret).then(
        (found) => {
          if (found && !bySecret.has(secret)) endLater(keep(found))
        },
        // While it cannot be found out, a new one begins.
        (error: unknown) => crash(error, 'finding a session'),
      )
    },
    holdAll,
    hold(session, channel, connection) {
      session.holds ??= new Map()
      const hold = session.holds.get(channel) ?? { joined: new Set() }
      hold.cancel?.()
      delete hold.cancel
      hold.joined.add(connection)
      session.holds.set(channel, hold)
    },
    letGo(session, channel, connection) {
      const hold = session.holds?.get(channel)
      if (hold?.joined.delete(connection) && !hold.joined.size) leave(session, channel)
    },
    lost(session, connection) {
      // Not after a bye, which has ended the session already.
      if (!session.connections.includes(connection)) return
      remove(session, connection)
      for (const [channel, hold] of session.holds ?? []) {
        if (!hold.joined.delete(connection) || hold.joined.size) continue
        hold.cancel = clock.after(sessionMs, () => leave(session, channel))
      }
      if (session.connections.length) return
      endLater(session)
      tell(shared?.release(session.secret, sessionMs))
    },
    bye(session, connection) {
      remove(session, connection)
      for (const channel of [...(session.holds?.keys() ?? [])]) this.letGo(session, channel, connection)
      if (!session.connections.length) end(session)
    },
    get size() {
      return bySecret.size
    },
    close() {
      cancelHold()
      for (const session of [...bySecret.values()]) end(session, sessionMs)
    },
  }
}
