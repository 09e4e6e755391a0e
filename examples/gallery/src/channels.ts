import { defineChannels, event, members } from '@org/realtime-core'

export interface Booking {
  readonly seat: string
  readonly guest: string
}

export interface Note {
  readonly text: string
}

export interface Agent {
  readonly role?: string
}

export const channels = defineChannels({
  'presence-desk.{id}': { Booked: event<Booking>(), Note: event<Note>(), [members]: event<Agent>() },
})
