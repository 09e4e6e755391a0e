import type { Member } from './adapter.ts'

export interface MembersLimits {
  readonly members: number
  /** All members of one channel together, as JSON. */
  readonly membersBytes: number
}

interface Place {
  readonly member: Member
  readonly bytes: number
  readonly holders: Set<string>
}

interface Room {
  readonly places: Map<string, Place>
  bytes: number
}

/** Who is in which channel: one member per user, held by each of their sessions. */
export interface Members {
  /** `most`: as many members of the channel as fit, when that is less than the limit. */
  enter(channel: string, holder: string, member: Member, most?: number): 'new' | 'there' | 'full'
  /** True when nobody holds the member any more. */
  leave(channel: string, holder: string, member: string): boolean
  list(channel: string): readonly Member[]
}

export function createMembers(limits: MembersLimits): Members {
  const rooms = new Map<string, Room>()

  return {
    enter(channel, holder, member, most = limits.members) {
      const room = rooms.get(channel) ?? { places: new Map(), bytes: 0 }
      const place = room.places.get(member.id)
      if (place) {
        place.holders.add(holder)
        return 'there'
      }
      // With the comma behind it.
      const bytes = Buffer.byteLength(JSON.stringify(member)) + 1
      if (room.places.size >= Math.min(most, limits.members) || room.bytes + bytes > limits.membersBytes)
        return 'full'
      room.places.set(member.id, { member, bytes, holders: new Set([holder]) })
      room.bytes += bytes
      rooms.set(channel, room)
      return 'new'
    },
    leave(channel, holder, id) {
      const room = rooms.get(channel)
      const place = room?.places.get(id)
      if (!room || !place?.holders.delete(holder) || place.holders.size) return false
      room.places.delete(id)
      room.bytes -= place.bytes
      if (!room.places.size) rooms.delete(channel)
      return true
    },
    list: (channel) => [...(rooms.get(channel)?.places.values() ?? [])].map(({ member }) => member),
  }
}
