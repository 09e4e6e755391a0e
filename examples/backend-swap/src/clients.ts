import type { Address } from '@org/example-backend'
import { createMqtt } from '@org/realtime-mqtt'
import { createPusher } from '@org/realtime-pusher'
import { createRawWs } from '@org/realtime-raw-ws'
import { channels } from './channels.ts'

const TOKEN = 'guest'

/** The one thing that differs. */
export const clients = {
  Pusher({ host }: Address) {
    const [hostname, port = ''] = host.split(':')
    const endpoint = '/broadcasting/auth?app_key=swap-key'
    const headers = { Authorization: `Bearer ${TOKEN}` }
    return createPusher({ channels, key: 'swap-key', host: `${hostname}`, port, auth: { endpoint, headers } })
  },
  MQTT: ({ host }: Address) =>
    createMqtt({
      channels,
      url: `ws://${host}/mqtt`,
      credentials: { username: TOKEN },
      events: 'last-level',
    }),
  'raw WebSocket': ({ url }: Address) => createRawWs({ channels, url, token: TOKEN }),
}

export type Backend = keyof typeof clients
