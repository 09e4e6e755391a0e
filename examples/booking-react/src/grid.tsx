import { LABELS, merge, type Sessions, toState } from '@org/example-booking-backend/availability'
import type { Availability } from '@org/example-booking-backend/channels'
import { Button, Card, Chip } from '@org/example-look/react'
import { useEvent, useGap } from '@org/realtime-react'
import { useEffect, useState } from 'react'
import { ask, useChannel, useClient } from './client.ts'

/** All sessions: what the application says of them, and over it what is told from then on. */
export function Grid({ act }: { act: (path: string) => Promise<void> }) {
  const client = useClient()
  const availability = useChannel('availability')
  const [sessions, setSessions] = useState<Sessions>()

  const load = async (): Promise<void> => {
    const { data = [] } = await ask<readonly Availability[]>(client, '/api/sessions')
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
        const { session_name: name, available_slots: free = 0, total_capacity: all = 0, date } = session
        return (
          <li key={id} data-session={id}>
            <Card title={name} beside={<Chip tone={tone}>{label}</Chip>}>
              <p className="soft">{`${all - free}/${all} taken, ${date}`}</p>
              <div className="row">
                <Button press={() => act(`/api/sessions/${id}/book`).then(load)}>Book</Button>
                <Button press={() => act(`/api/sessions/${id}/extend`)}>Ten more</Button>
              </div>
            </Card>
          </li>
        )
      })}
    </ul>
  )
}
