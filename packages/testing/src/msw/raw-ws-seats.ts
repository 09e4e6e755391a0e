import type { WireMember } from '@org/realtime-raw-ws/codec'

/** What the server keeps of a client while it is away: the session of the envelope. */
export interface Seat {
  readonly secret: string
  readonly client: string
  readonly member: WireMember
  /** Its places in channels with members. */
  readonly places: Set<string>
  /** How many connections have it. */
  connections: number
}

export interface Seats extends Iterable<Seat> {
  /** The seat of this secret, if it is this member's, or a new one. */
  take(secret: string | undefined, who: WireMember | 'anonymous'): { seat: Seat; resumed: boolean }
  /** Ends it unless a connection still has it; tells whether it did. */
  leave(seat: Seat): boolean
}

export function createSeats(): Seats {
  const seats = new Map<string, Seat>()
  let count = 0

  const add = (who: WireMember | 'anonymous'): Seat => {
    const client = `client-${++count}`
    const member = who === 'anonymous' ? { id: client, info: {} } : who
    const seat = { secret: `session-${count}`, client, member, places: new Set<string>(), connections: 0 }
    seats.set(seat.secret, seat)
    return seat
  }

  return {
    [Symbol.iterator]: () => seats.values(),
    take(secret, who) {
      const known = secret === undefined ? undefined : seats.get(secret)
      const isTheirs = known && (who === 'anonymous' ? known.client : who.id) === known.member.id
      const seat = isTheirs ? known : add(who)
      seat.connections++
      return { seat, resumed: seat === known }
    },
    leave: (seat) => !seat.connections && seats.delete(seat.secret),
  }
}
