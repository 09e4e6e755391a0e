import type { MembersSnapshot } from '@org/realtime-core/kit'

export interface PusherMember {
  readonly id: string
  readonly info: unknown
}

/** Who is in a presence channel, as pusher-js tells it. */
export class Members {
  members: { [id: string]: unknown } = {}
  count = 0
  myID: string | null = null
  me: PusherMember | null = null

  get(id: string): PusherMember | null {
    return Object.hasOwn(this.members, id) ? { id, info: this.members[id] } : null
  }

  each(callback: (member: PusherMember) => void): void {
    for (const id of Object.keys(this.members)) callback({ id, info: this.members[id] })
  }

  /** For internal use. */
  set({ list, me }: MembersSnapshot): void {
    this.members = Object.fromEntries(list.map(({ id, info }) => [id, info]))
    this.count = list.length
    this.myID = me?.id ?? null
    this.me = me ?? null
  }

  /** For internal use. */
  reset(): void {
    this.set({ list: [], me: undefined })
  }
}
