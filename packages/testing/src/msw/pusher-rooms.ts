import { dataOf, type ServerFrame } from '@org/realtime-pusher/codec'
import type { ServerSession } from '../protocols/test-server.ts'

export interface PusherMember {
  readonly id: string
  readonly info?: unknown
}

export interface PusherConnection extends ServerSession {
  /** Who it is, per presence channel. */
  readonly members: Map<string, PusherMember>
  /** Who is signed in. */
  user: string | undefined
}

/** Who is in which channel. A member is there once, whatever many connections it has. */
export interface PusherRooms {
  in(channel: string): readonly PusherConnection[]
  join(connection: PusherConnection, channel: string, channelData: string | undefined): void
  leave(connection: PusherConnection, channel: string): void
  /** Somebody who has no connection. */
  invite(channel: string, member: PusherMember): void
  dismiss(channel: string, memberId: string): void
}

export function createPusherRooms(
  sessions: ReadonlySet<PusherConnection>,
  send: (connection: PusherConnection, frame: ServerFrame) => void,
): PusherRooms {
  const guests = new Map<string, Map<string, PusherMember>>()

  const inside = (channel: string): readonly PusherConnection[] =>
    [...sessions].filter(({ channels }) => channels.has(channel))

  const membersOf = (channel: string): ReadonlyMap<string, PusherMember> => {
    const found = new Map(guests.get(channel))
    for (const { members } of inside(channel)) {
      const member = members.get(channel)
      if (member) found.set(member.id, member)
    }
    return found
  }

  const tellOf = (channel: string, { id, info }: PusherMember, except?: PusherConnection): void => {
    const data = { user_id: id, user_info: info }
    for (const other of inside(channel))
      if (other !== except) send(other, { event: 'pusher_internal:member_added', channel, data })
  }

  const tellGone = (channel: string, id: string): void => {
    if (membersOf(channel).has(id)) return
    const data = { user_id: id }
    for (const other of inside(channel))
      send(other, { event: 'pusher_internal:member_removed', channel, data })
  }

  return {
    in: inside,
    join(connection, channel, channelData) {
      const event = 'pusher_internal:subscription_succeeded'
      if (!channel.startsWith('presence-')) {
        connection.channels.add(channel)
        return send(connection, { event, channel, data: {} })
      }
      const { user_id, user_info: info } = dataOf({ data: channelData })
      const member = { id: String(user_id ?? connection.user), info }
      const isNew = !membersOf(channel).has(member.id)
      connection.channels.add(channel)
      connection.members.set(channel, member)
      const all = [...membersOf(channel).values()]
      const hash = Object.fromEntries(all.map((each) => [each.id, each.info ?? null]))
      const presence = { ids: all.map(({ id }) => id), hash, count: all.length }
      send(connection, { event, channel, data: { presence } })
      if (isNew) tellOf(channel, member, connection)
    },
    leave(connection, channel) {
      const member = connection.members.get(channel)
      connection.channels.delete(channel)
      connection.members.delete(channel)
      if (member) tellGone(channel, member.id)
    },
    invite(channel, member) {
      const isNew = !membersOf(channel).has(member.id)
      guests.set(channel, (guests.get(channel) ?? new Map()).set(member.id, member))
      if (isNew) tellOf(channel, member)
    },
    dismiss(channel, id) {
      if (guests.get(channel)?.delete(id)) tellGone(channel, id)
    },
  }
}
