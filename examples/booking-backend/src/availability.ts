import type { Availability } from './channels.ts'

export const LABELS = {
  loading: ['loading', 'rest'],
  available: ['available', 'good'],
  'almost-full': ['almost full', 'warn'],
  full: ['full', 'bad'],
} as const

/** How full a session is: from 70 % almost full, from 90 % full. */
export function toState(session: Partial<Availability> | undefined): keyof typeof LABELS {
  const { available_slots: available, total_capacity: capacity } = session ?? {}
  if (available === undefined || capacity === undefined) return 'loading'
  const used = capacity > 0 ? (capacity - available) / capacity : 1
  if (used >= 0.9) return 'full'
  return used >= 0.7 ? 'almost-full' : 'available'
}

/** What an event tells of a session: all of it, or a part. */
export type Update = Partial<Availability> & Pick<Availability, 'session_id' | 'updated_at'>

/** The newer of the two wins, whichever came first; what it does not tell of stays. */
export const merge = <T extends Update>(known: T | undefined, update: Update): T | Update =>
  known && Date.parse(known.updated_at) > Date.parse(update.updated_at)
    ? { ...update, ...known }
    : { ...known, ...update }
