import type { Address } from '@org/example-backend'
import { createPusher, createSocketIdFetch } from '@org/realtime-pusher'
import { channels } from './channels.ts'

export const people = {
  visitor: undefined,
  'customer 42': 'token-of-42',
  'customer 7': 'token-of-7',
  admin: 'token-of-admin',
  operator: 'token-of-operator',
} as const

export type Person = keyof typeof people

/** Who the page is now. A token is asked for whenever one is needed. */
export const session: { person: Person } = { person: 'customer 42' }

const headers = (): Record<string, string> => {
  const token = people[session.person]
  return token ? { Authorization: `Bearer ${token}` } : {}
}

export function createBookingClient({ host }: Address) {
  const [hostname, port = ''] = host.split(':')
  const client = createPusher({
    channels,
    key: 'booking-key',
    host: `${hostname}`,
    port,
    auth: { endpoint: '/broadcasting/auth?app_key=booking-key', headers },
  })
  const fetchAsUs = createSocketIdFetch(client)
  return {
    client,
    /** Asks the application; its answer is `{ success, message, data }`. */
    async ask<T>(path: string, method = 'GET'): Promise<{ readonly message?: string; readonly data?: T }> {
      const response = await fetchAsUs(path, { method, headers: headers() })
      return response.json()
    },
  }
}

export type Booking = ReturnType<typeof createBookingClient>
