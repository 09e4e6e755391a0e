import { LABELS, toState } from '@org/example-booking-backend/availability'
import type { Availability } from '@org/example-booking-backend/channels'
import { createSessionList, type SessionView } from '@org/example-booking-backend/session-list'
import { Alert, Button, Card, Chip } from '@org/example-look/react'
import { useEvent, useGap } from '@org/realtime-react'
import { useEffect, useState } from 'react'
import { useChannel } from './client.ts'

/** All sessions: what the application says of them, and over it what is told from then on. */
export function Grid({ act }: { act: (path: string) => Promise<Availability | undefined> }) {
  const availability = useChannel('availability')
  const [{ sessions, failed }, show] = useState<SessionView>({ failed: false })
  const [{ load, put }] = useState(() => createSessionList(show))

  useEvent(availability, ['AvailabilityUpdated', 'CapacityUpdated'], ({ payload }) => put(payload))
  useGap(availability, load)
  useEffect(() => void load(), [load])

  return (
    <>
      {failed && (
        <Alert tone="bad" text="The sessions could not be loaded." action="Try again" press={load} />
      )}
      {!sessions && !failed && <p className="soft">Loading availability…</p>}
      {sessions?.length === 0 && <p className="soft">There are no sessions today.</p>}
      <ul className="plain grid">
        {sessions?.map((session) => {
          const [label, tone] = LABELS[toState(session)]
          const { session_id: id, available_slots: free, total_capacity: all } = session
          const book = () => act(`/api/sessions/${id}/book`).then((now) => now && put(now))
          return (
            <li key={id} data-session={id}>
              <Card title={session.session_name} beside={<Chip tone={tone}>{label}</Chip>}>
                <p className="soft">{`${all - free}/${all} taken, ${session.date}`}</p>
                <div className="row">
                  <Button press={book}>Book</Button>
                  <Button press={() => act(`/api/sessions/${id}/extend`)}>Ten more</Button>
                </div>
              </Card>
            </li>
          )
        })}
      </ul>
    </>
  )
}
