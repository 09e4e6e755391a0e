import type { ServerFrame, WireMember } from '@org/realtime-raw-ws/codec'
import type { RawChannels } from './raw-ws-channels.ts'
import type { Seat, Seats } from './raw-ws-seats.ts'

export interface RawPresence {
  has(channel: string): boolean
  members(channel: string): WireMember[]
  enter(channel: string, seat: Seat): void
  leave(channel: string, seat: Seat): void
  /** Somebody who has no connection. */
  invite(channel: string, member: WireMember): void
  dismiss(channel: string, memberId: string): void
}

/** Who is in which channel. A member is there once, whatever it is there by. */
export function createRawPresence(
  channels: RawChannels,
  seats: Seats,
  has: (channel: string) => boolean,
  tell: (channel: string, frame: ServerFrame) => void,
): RawPresence {
  const members = (channel: string): WireMember[] => {
    const found = new Map(channels.guests(channel))
    for (const { places, member } of seats) if (places.has(channel)) found.set(member.id, member)
    return [...found.values()]
  }
  const isThere = (channel: string, id: string): boolean => members(channel).some((other) => other.id === id)

  const come = (ch: string, member: WireMember, add: () => void): void => {
    const isNew = !isThere(ch, member.id)
    add()
    if (isNew) tell(ch, { t: 'join', ch, member })
  }
  const go = (ch: string, id: string, remove: () => boolean): void => {
    if (remove() && !isThere(ch, id)) tell(ch, { t: 'leave', ch, id })
  }

  return {
    has,
    members,
    enter: (channel, { member, places }) => come(channel, member, () => places.add(channel)),
    leave: (channel, { member, places }) => go(channel, member.id, () => places.delete(channel)),
    invite: (channel, member) => come(channel, member, () => channels.guests(channel).set(member.id, member)),
    dismiss: (channel, id) => go(channel, id, () => channels.guests(channel).delete(id)),
  }
}
