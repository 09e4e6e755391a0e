import { defineChannels, event, members } from '@org/realtime-core'
import { z } from 'zod'

/** No separator of any protocol is in a name, and all protocols have the event `message`. */
export const channels = defineChannels({
  news: { Told: z.object({ n: z.number() }), Closed: event<string>() },
  'room-{id}': {
    message: event<{ readonly text: string }>(),
    Said: event<{ readonly text: string }>(),
    Left: event<{ readonly who: string }>(),
  },
  'presence-desk': { Rung: event<number>(), [members]: event<{ readonly name: string }>() },
})
