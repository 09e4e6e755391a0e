import type { Address } from '@org/example-backend'
import type { Availability } from '@org/example-booking-backend/channels'
import { Button, Choice, Ended, StatusChip } from '@org/example-look/react'
import { toEnd } from '@org/example-look/status'
import { RealtimeProvider } from '@org/realtime-react'
import { RealtimeInspector } from '@org/realtime-react/inspector'
import { useState } from 'react'
import { Bookings } from './bookings.tsx'
import { ask, type BookingClient, type Person, people, session, useClient, useStatus } from './client.ts'
import { Grid } from './grid.tsx'
import { News } from './news.tsx'

export function App({ client, control }: { client: BookingClient; control: Address['control'] }) {
  return (
    <RealtimeProvider client={client}>
      <Page />
      <RealtimeInspector control={control} />
    </RealtimeProvider>
  )
}

function Page() {
  const client = useClient()
  const status = useStatus()
  const [person, setPerson] = useState(session.person)
  const [answer, setAnswer] = useState<string>()

  const become = (next: Person): void => {
    session.person = next
    setPerson(next)
    client.reauthenticate({ newIdentity: true })
  }
  const act = async (path: string) => {
    const { message, data } = await ask<Availability>(client, path, 'POST')
    setAnswer(message)
    return data
  }

  return (
    <>
      <header className="row between">
        <h1>Booking</h1>
        <div className="row">
          <StatusChip status={status.status} />
          {!toEnd(status) && <Button press={() => void client.close()}>Disconnect</Button>}
        </div>
      </header>
      <Ended {...status} />
      <div className="row">
        <Choice label="You are" of={Object.keys(people) as Person[]} chosen={person} choose={become} />
        <Button press={() => act('/api/announcements')}>Announce</Button>
        <output className="soft">{answer}</output>
      </div>
      <Grid act={act} />
      <Bookings />
      <News />
    </>
  )
}
