import type { RawConnection } from './connection.ts'

/** A place in a presence channel: who of the session is joined, and what ends it when nobody is. */
interface Hold {
  readonly joined: Set<RawConnection>
  cancel?: () => void
}

/** What outlives the connections of one client: its id, and its places in presence channels. */
export class Session {
  readonly secret: string
  readonly client: string
  /** A session belongs to one user. */
  readonly userId: string
  /** The oldest first; two while the client moves from one to the other. */
  connections: readonly RawConnection[] = []
  /** Made when there is the first, because most sessions have none. */
  holds: Map<string, Hold> | undefined
  /** Takes back its end. */
  cancelEnd: (() => void) | undefined

  constructor(secret: string, client: string, userId: string) {
    this.secret = secret
    this.client = client
    this.userId = userId
  }
}
