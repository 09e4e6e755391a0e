import { dataOf, parseClientFrame, type ServerFrame, writeServerFrame } from '@org/realtime-pusher/codec'
import { createSessionTable, type TestServer } from '../protocols/test-server.ts'
import { createPusherRooms, type PusherConnection, type PusherMember } from './pusher-rooms.ts'

export interface PusherServerOptions {
  /** Told to clients: after so long without a frame they ask for one. @default 30000 */
  readonly activityTimeoutMs?: number
}

/** A simulated server of Pusher's protocol 7. It takes every signature, and refuses whom the test refuses. */
export interface PusherServer extends TestServer {
  /** Somebody else enters or leaves a presence channel. */
  enter(channel: string, member: PusherMember): void
  exit(channel: string, memberId: string): void
  /** Sends to whoever is signed in as this user. */
  sendToUser(id: string, event: string, payload: unknown): void
  /** Tells clients of an error, and ends their connections with its code when it is below 4300. */
  error(code: number, message?: string): void
}

export function createPusherServer({ activityTimeoutMs = 30_000 }: PusherServerOptions = {}): PusherServer {
  const table = createSessionTable<PusherConnection>({
    open(peer, number) {
      const connection: PusherConnection = {
        peer,
        number,
        channels: new Set(),
        members: new Map(),
        user: undefined,
      }
      const data = { socket_id: `${number + 1}.1`, activity_timeout: activityTimeoutMs / 1000 }
      send(connection, { event: 'pusher:connection_established', data })
      return connection
    },
    frame: (connection, frame) => handle(connection, String(frame)),
    over(connection) {
      for (const channel of [...connection.channels]) rooms.leave(connection, channel)
    },
  })
  const send = (connection: PusherConnection, frame: ServerFrame): void =>
    table.send(connection, frame.event, writeServerFrame(frame))
  const rooms = createPusherRooms(table.sessions, send)

  const handle = (connection: PusherConnection, text: string): void => {
    const frame = parseClientFrame(text)
    if ('bad' in frame)
      return send(connection, { event: 'pusher:error', data: { code: null, message: frame.message } })
    switch (frame.event) {
      case 'pusher:ping':
        return send(connection, { event: 'pusher:pong', data: {} })
      case 'pusher:pong':
        return
      case 'pusher:subscribe':
        return join(connection, frame.data.channel, frame.data.channel_data)
      case 'pusher:unsubscribe':
        return rooms.leave(connection, frame.data.channel)
      case 'pusher:signin':
        connection.user = String(dataOf({ data: frame.data.user_data })['id'])
        return send(connection, { event: 'pusher:signin_success', data: { user_data: frame.data.user_data } })
      default:
        return relay(connection, frame.event, frame.channel, frame.data)
    }
  }

  const join = (connection: PusherConnection, channel: string, data: string | undefined): void => {
    const refusal = table.refusals.get(channel)
    if (!refusal) return rooms.join(connection, channel, data)
    const status = refusal.retryMs === undefined ? 401 : 429
    const error = { type: refusal.code ?? 'AuthError', error: 'The test refuses it', status }
    send(connection, { event: 'pusher:subscription_error', channel, data: error })
  }

  const relay = (from: PusherConnection, event: string, channel: string, data: unknown): void => {
    const { number: session } = from
    const named = { id: undefined, channel, event: event.replace(/^client-/, ''), payload: data, session }
    table.record({ ...named, resent: false })
    const user = from.members.get(channel)?.id
    const frame = { event, channel, data, ...(user !== undefined && { user_id: user }) }
    for (const other of rooms.in(channel)) if (other !== from) send(other, frame)
  }

  return {
    ...table.verbs,
    received: table.received,
    publish(channel, event, payload) {
      const data = JSON.stringify(payload)
      for (const connection of rooms.in(channel)) send(connection, { event, channel, data })
    },
    enter: rooms.invite,
    exit: rooms.dismiss,
    sendToUser(id, event, payload) {
      const data = JSON.stringify(payload)
      for (const connection of table.sessions)
        if (connection.user === id) send(connection, { event, channel: `#server-to-user-${id}`, data })
    },
    error(code, message = 'The test says so') {
      for (const connection of [...table.sessions]) {
        send(connection, { event: 'pusher:error', data: { code, message } })
        if (code < 4300) connection.peer.end({ code, reason: message })
      }
    },
  }
}
