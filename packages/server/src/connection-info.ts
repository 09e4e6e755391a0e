import type { Direction, Frame, FrameKind } from './wire.ts'

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

/** A connection as hooks of frames see it: it knows what frames of its protocol are. */
export interface TalkingConnection extends ConnectionInfo {
  /** Reads only as much of a frame as it takes. */
  kindOf(frame: Frame, direction: Direction): FrameKind
}

export interface Traffic {
  readonly frames: number
  readonly bytes: number
}

export function toInfo(connection: ConnectionInfo): ConnectionInfo {
  const { id, endpoint, address, since, bufferedBytes, received, sent, client, user, channels } = connection
  return { id, endpoint, address, since, bufferedBytes, received, sent, client, user, channels }
}
