import { defineChannels, event } from '@org/realtime-core'

export interface Said {
  readonly id: string
  readonly by: string
  readonly text: string
}

export const channels = defineChannels({
  'private-room.{id}': { Said: event<Said>() },
})
