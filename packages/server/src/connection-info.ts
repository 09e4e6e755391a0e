/** A connection as hooks, the inspector and tests see it. Hooks get it live, `connections()` as it is then. */
export interface ConnectionInfo {
  readonly id: string
  /** Name of the endpoint that serves it. */
  readonly endpoint: string
  readonly address: string
  /** Milliseconds since 1970. */
  readonly since: number
  readonly bufferedBytes: number
  readonly received: Traffic
  readonly sent: Traffic
  /** Its client id, once it has one. */
  readonly client: string | undefined
  readonly user: string | undefined
  /** The channels it has joined. */
  readonly channels: readonly string[]
}

export interface Traffic {
  readonly frames: number
  readonly bytes: number
}

export function toInfo(connection: ConnectionInfo): ConnectionInfo {
  const { id, endpoint, address, since, bufferedBytes, received, sent, client, user, channels } = connection
  return { id, endpoint, address, since, bufferedBytes, received, sent, client, user, channels }
}
