import { defineChannels, event } from '@org/realtime-core'

const temperature = { message: event<{ readonly celsius: number }>() }
const status = { message: event<'online' | 'offline'>() }

export const channels = defineChannels({
  'devices/{id}/temperature': temperature,
  'devices/+/temperature': temperature,
  'devices/{id}/status': status,
  'devices/+/status': status,
  'devices/{id}/set': { message: event<{ readonly on: boolean }>() },
})
