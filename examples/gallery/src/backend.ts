import type { CreateBackend } from '@org/example-backend'
import type { Clock } from '@org/realtime-core/kit'
import { createRawWs } from '@org/realtime-raw-ws'
import { createBookings } from './bookings.ts'
import { channels, DESK } from './channels.ts'
import { repeat } from './time.ts'

const BOOKING_MS = 1600
const COLLEAGUES = ['Ada', 'Grace']
const AWAY_MS = 7000

/** The other side of the page: bookings that are published, and colleagues who come and go. */
export const createBackend: CreateBackend = (clock) => ({
  channels: { [DESK]: { publish: true, presence: true } },
  start({ server, address: { url } }) {
    const book = createBookings(clock)
    const colleagues = COLLEAGUES.map((name) => startColleague(name, url, clock))
    const stopBooking = repeat(clock, BOOKING_MS, () => {
      server.publish(DESK, 'Booked', book()).catch(() => {})
    })
    return async () => {
      stopBooking()
      await Promise.all(colleagues.map((end) => end()))
    }
  },
})

/** A client like any other, in Node, that is in the channel for a while and then away for a while. */
function startColleague(name: string, url: string, clock: Clock): () => Promise<void> {
  const client = createRawWs({ url, token: name, channels, clock })
  const desk = client.channel('desk.{id}', { id: 1 })
  let leave: (() => void) | undefined = desk.join()
  const stop = repeat(clock, AWAY_MS * (1 + clock.random()), () => {
    if (leave) desk.leave({ now: true })
    leave = leave ? undefined : desk.join()
  })
  return async () => {
    stop()
    await client.close()
  }
}
