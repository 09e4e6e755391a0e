import { createHooks } from '@org/realtime-react'
import type { Booking } from './client.ts'

export const { useChannel, useClient, useStatus } = createHooks<Booking['client']>()
