import { defineChannels, event, members } from '@org/realtime-core'

export interface Booking {
  readonly seat: string
  readonly guest: string
}

export interface Note {
  readonly text: string
}

export const channels = defineChannels({
  'desk.{id}': {
    Booked: event<Booking>(),
    Note: event<Note>(),
    [members]: event<{ readonly role?: string }>(),
  },
})

/** The one channel of this page. */
export const DESK = 'desk.1'
