import type { CreateBackend } from '@org/example-backend'
import type { Server } from '@org/realtime-server'
import type { Availability } from './channels.ts'

const APP = 'booking'

/** Tokens as an application would give them out. */
const users: Readonly<Record<string, { readonly id: string; readonly role: string }>> = {
  'token-of-42': { id: '42', role: 'customer' },
  'token-of-7': { id: '7', role: 'customer' },
  'token-of-admin': { id: 'admin', role: 'admin' },
  'token-of-operator': { id: 'operator', role: 'operator' },
}

const SESSIONS = [
  { session_id: 1, session_name: 'Morning swim', available_slots: 14, total_capacity: 20 },
  { session_id: 2, session_name: 'Water polo', available_slots: 4, total_capacity: 20 },
  { session_id: 3, session_name: 'Diving', available_slots: 1, total_capacity: 10 },
]

export const createBackend: CreateBackend = (clock) => {
  const now = (): string => new Date(clock.date()).toISOString()
  const sessions = SESSIONS.map(
    (session): Availability => ({ ...session, date: now().slice(0, 10), updated_at: now() }),
  )
  let bookings = 0
  let server: Server | undefined

  const tell = (channel: string, event: string, payload: object, except?: string): void => {
    const options = { app: APP, ...(except !== undefined && { except }) }
    server?.publishPusher(channel, event, payload, options).catch(() => {})
  }

  /** Takes a place, or gives ten more; the booking is confirmed a moment later. */
  const book = (user: { readonly id: string }, session: Availability, except?: string): object => {
    const booking_code = `BK-${String(++bookings).padStart(4, '0')}`
    const booking = { booking_id: bookings, booking_code, payment_status: 'paid', updated_at: now() }
    Object.assign(session, { available_slots: session.available_slots - 1, updated_at: now() })
    tell('availability', 'AvailabilityUpdated', session, except)
    tell(`private-booking.${user.id}`, 'BookingStatusUpdated', { ...booking, status: 'confirmed' })
    tell(`private-user.${user.id}`, 'PaymentStatusUpdated', { booking_code, payment_status: 'paid' })
    return { success: true, message: `Booked as ${booking_code}`, data: session }
  }

  const extend = (session: Availability): object => {
    const { session_id, available_slots, total_capacity } = session
    const capacity = {
      session_id,
      available_slots: available_slots + 10,
      total_capacity: total_capacity + 10,
      updated_at: now(),
    }
    Object.assign(session, capacity)
    tell('availability', 'CapacityUpdated', capacity)
    return { success: true, message: 'Ten places more', data: session }
  }

  return {
    app: { id: APP, key: 'booking-key', secret: 'booking-secret', dialect: 'reverb' },
    authenticate: (token) => {
      const user = users[token]
      return user && { id: user.id, info: { role: user.role } }
    },
    routes: [
      { path: '/api/sessions', handle: (_request, reply) => send(reply, 200, { data: sessions }) },
      {
        path: '/api/sessions/{id}/{verb}',
        methods: ['POST'],
        handle({ headers }, reply, { id, verb }) {
          const user = users[headers.authorization?.slice('Bearer '.length) ?? '']
          const session = sessions.find(({ session_id }) => `${session_id}` === id)
          if (!user) return send(reply, 401, { success: false, message: 'Sign in to book' })
          if (!session) return send(reply, 404, { success: false, message: 'There is no such session' })
          if (verb === 'extend')
            return user.role === 'admin'
              ? send(reply, 200, extend(session))
              : send(reply, 403, { success: false, message: 'Only admins may' })
          if (session.available_slots < 1) return send(reply, 409, { success: false, message: 'It is full' })
          send(reply, 201, book(user, session, `${headers['x-socket-id'] ?? ''}` || undefined))
        },
      },
      {
        path: '/api/announcements',
        methods: ['POST'],
        handle({ headers }, reply) {
          if (users[headers.authorization?.slice('Bearer '.length) ?? '']?.role !== 'operator')
            return send(reply, 403, { success: false, message: 'Only operators may' })
          tell('notifications', 'SystemNotification', { message: 'The pool closes at eight today' })
          send(reply, 201, { success: true, message: 'Announced' })
        },
      },
    ],
    start(world) {
      server = world.server
      const isOwn = ({ id, info }: { id: string; info?: unknown }, userId: string): boolean =>
        id === userId || (info as { role?: string } | undefined)?.role === 'admin'
      server.authorize('booking.{userId}', (user, { userId }) => isOwn(user, userId))
      server.authorize('user.{userId}', (user, { userId }) => isOwn(user, userId))
      return () => {}
    },
  }
}

function send(reply: import('node:http').ServerResponse, status: number, body: object): void {
  reply.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}
