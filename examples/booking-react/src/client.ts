import type { Address } from '@org/example-backend'
import { channels } from '@org/example-booking-backend/channels'
import { createPusher, createSocketIdFetch } from '@org/realtime-pusher'
import { createHooks } from '@org/realtime-react'

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
  const auth = { endpoint: '/broadcasting/auth?app_key=booking-key', headers }
  return createPusher({ channels, key: 'booking-key', host: `${hostname}`, port, auth })
}

export type BookingClient = ReturnType<typeof createBookingClient>

export const { useChannel, useClient, useStatus } = createHooks<BookingClient>()

/** Asks the application, and says which socket is ours: whoever gets the answer needs no broadcast of it. */
export async function ask<T>(client: BookingClient, path: string, method: 'POST') {
  const answer = createSocketIdFetch(client)(path, { method, headers: headers() }).then((it) => it.json())
  const failure = { message: 'The application cannot be reached.' }
  return (await answer.catch(() => failure)) as { readonly message?: string; readonly data?: T }
}
