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

export type Sessions = ReadonlyMap<number, Partial<Availability>>

/** What comes is put over what is known of its session; other fields stay. */
export const merge = (
  sessions: Sessions,
  update: Partial<Availability> & Pick<Availability, 'session_id'>,
): Sessions => new Map(sessions).set(update.session_id, { ...sessions.get(update.session_id), ...update })
