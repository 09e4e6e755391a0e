import type { Clock } from '@org/realtime-core/kit'
import type { Booking } from './channels.ts'

const GUESTS = ['Ada', 'Grace', 'Linus', 'Margaret']

/** Makes up bookings, one after the other. */
export function createBookings({ random }: Pick<Clock, 'random'>): () => Booking {
  let count = 0
  return () => {
    const seat = `${1 + Math.floor(random() * 30)}${'ABCDEF'[count % 6]}`
    return { guest: GUESTS[count++ % GUESTS.length] ?? '', seat }
  }
}
