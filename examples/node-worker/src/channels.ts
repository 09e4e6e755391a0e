import { defineChannels, event } from '@org/realtime-core'

export interface Job {
  readonly id: number
  readonly image: string
}

export const channels = defineChannels({ 'jobs/resize': { message: event<Job>() } })
