import { useEvent, useGap } from '@org/realtime-react'
import { useEffect, useState } from 'react'
import { LABELS, merge, type Sessions, toState } from './availability.ts'
import type { Availability } from './channels.ts'
import type { Booking } from './client.ts'
import { useChannel } from './hooks.ts'

/** All sessions: what the application says of them, and over it what is told from then on. */
export function Grid({ ask, act }: { ask: Booking['ask']; act: (path: string) => Promise<void> }) {
  const availability = useChannel('availability')
  const [sessions, setSessions] = useState<Sessions>()

  const load = async (): Promise<void> => {
    const { data = [] } = await ask<readonly Availability[]>('/api/sessions')
    setSessions(new Map(data.map((session) => [session.session_id, session])))
  }
  useEvent(availability, ['AvailabilityUpdated', 'CapacityUpdated'], ({ payload }) =>
    setSessions((known) => known && merge(known, payload)),
  )
  useGap(availability, load)
  useEffect(() => void load(), [])

  if (!sessions) return <p className="empty">Loading availability…</p>
  if (sessions.size === 0) return <p className="empty">There are no sessions today.</p>
  return (
    <ul className="plain grid">
      {[...sessions].map(([id, session]) => {
        const [label, tone] = LABELS[toState(session)]
        const { session_name: name, available_slots: free = 0, total_capacity: all = 0 } = session
        return (
          <li key={id} className="card" data-session={id}>
            <div className="row between">
              <h2>{name}</h2>
              <span className="chip" data-tone={tone}>
                {label}
              </span>
            </div>
            <p className="soft">
              {all - free}/{all} taken
            </p>
            <div className="row">
              <button type="button" onClick={() => act(`/api/sessions/${id}/book`).then(load)}>
                Book
              </button>
              <button type="button" onClick={() => act(`/api/sessions/${id}/extend`)}>
                Ten more
              </button>
            </div>
          </li>
        )
      })}
    </ul>
  )
}
