import type { Context } from '../core.ts'
import { randomId } from '../ids.ts'
import type { AppState } from './app-state.ts'

/** Tells webhooks of the first who joins a channel and of the last who leaves it, on whichever nodes. */
export interface Occupancy {
  /** Somebody has joined, who may be the first of this node. */
  joined(app: AppState, channel: string): void
  /** Somebody has left, who may be the last of this node. */
  left(app: AppState, channel: string): void
}

/** A node is in the room beside a channel while somebody here is in the channel. */
const OCCUPIED = { id: 'occupied' }
const roomOf = (name: string): string => `${name}#occupied`

export function createOccupancy({ adapter, hub, hooks }: Context): Occupancy {
  const node = randomId(9)
  const isAlone = adapter.heard === undefined
  const crash = (error: unknown): void => hooks.crashUnlessAway(error, 'occupied channels')

  return {
    joined(app, channel) {
      const name = app.toHub(channel)
      if (!app.hasWebhooks || hub.count(name) !== 1) return
      const tell = (): void => app.tell({ name: 'channel_occupied', channel })
      if (isAlone) tell()
      else adapter.enter(roomOf(name), node, OCCUPIED).then((entered) => entered?.isNew && tell(), crash)
    },
    left(app, channel) {
      const name = app.toHub(channel)
      if (!app.hasWebhooks || hub.count(name) !== 0) return
      const tell = (): void => app.tell({ name: 'channel_vacated', channel })
      if (isAlone) tell()
      else adapter.leave(roomOf(name), node, OCCUPIED.id).then((isGone) => isGone && tell(), crash)
    },
  }
}
