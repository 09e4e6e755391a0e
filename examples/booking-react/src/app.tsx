import type { Address } from '@org/example-backend'
import { RealtimeProvider } from '@org/realtime-react'
import { RealtimeInspector } from '@org/realtime-react/inspector'
import { useState } from 'react'
import { Bookings } from './bookings.tsx'
import { type Booking, type Person, people, session } from './client.ts'
import { Grid } from './grid.tsx'
import { useClient, useStatus } from './hooks.ts'
import { useToasts } from './toasts.tsx'

export function App({ booking, control }: { booking: Booking; control: Address['control'] }) {
  return (
    <RealtimeProvider client={booking.client}>
      <Page {...booking} />
      <RealtimeInspector control={control} />
    </RealtimeProvider>
  )
}

function Page({ ask }: Booking) {
  const client = useClient()
  const { status } = useStatus()
  const toasts = useToasts()
  const [person, setPerson] = useState<Person>(session.person)
  const [answer, setAnswer] = useState('')

  const become = (next: Person): void => {
    session.person = next
    setPerson(next)
    client.reauthenticate({ newIdentity: true })
  }
  const act = async (path: string): Promise<void> => setAnswer((await ask(path, 'POST')).message ?? '')
  const isOff = status === 'closed' || status === 'failed'

  return (
    <>
      <header className="row between">
        <h1>Booking</h1>
        <div className="row">
          <span
            className="chip status"
            data-tone={
              status === 'connected' ? 'good' : status === 'failed' ? 'bad' : isOff ? 'rest' : 'warn'
            }
          >
            {status}
          </span>
          <button type="button" onClick={() => (isOff ? client.connect() : client.close()).catch(() => {})}>
            {isOff ? 'Connect' : 'Disconnect'}
          </button>
        </div>
      </header>
      <div className="row">
        <label className="row">
          You are
          <select value={person} onChange={({ target }) => become(target.value as Person)}>
            {Object.keys(people).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => act('/api/announcements')}>
          Announce
        </button>
        <output className="soft">{answer}</output>
      </div>
      <Grid ask={ask} act={act} />
      <Bookings />
      <ul className="plain toasts" aria-live="polite">
        {toasts.map(({ id, tone, text }) => (
          <li key={id}>
            <span className="chip" data-tone={tone}>
              {text}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
