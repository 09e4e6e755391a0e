import type { Address } from '@org/example-backend'
import { channels } from '@org/example-booking-backend/channels'
import { createPusher } from '@org/realtime-pusher'
import { createHooks } from '@org/realtime-vue'

export function createNoticesClient({ host }: Address) {
  const [hostname, port = ''] = host.split(':')
  return createPusher({
    channels,
    key: 'booking-key',
    host: `${hostname}`,
    port,
    auth: {
      endpoint: '/broadcasting/auth?app_key=booking-key',
      headers: { Authorization: 'Bearer token-of-42' },
    },
  })
}

export const { useChannel, useStatus } = createHooks<ReturnType<typeof createNoticesClient>>()
