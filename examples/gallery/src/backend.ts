import type { CreateBackend } from '@org/example-backend'
import type { Clock } from '@org/realtime-core/kit'
import { createRawWs } from '@org/realtime-raw-ws'
import { channels, DESK } from './channels.ts'

const BOOKING_MS = 1600
const COLLEAGUES = ['Ada', 'Grace']
const AWAY_MS = 7000

/** The other side of the page: bookings that are published, and colleagues who come and go. */
export const createBackend: CreateBackend = (clock) => ({
  channels: { [DESK]: { publish: true, presence: true } },
  start({ server, address: { url } }) {
    let count = 0
    const colleagues = COLLEAGUES.map((name) => startColleague(name, url, clock))
    const stopBooking = repeat(clock, BOOKING_MS, () => {
      const seat = `${1 + Math.floor(clock.random() * 30)}${'ABCDEF'[count % 6]}`
      const guest = COLLEAGUES[count++ % 2]
      server.publish(DESK, 'Booked', { guest, seat }).catch(() => {})
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

/** Runs again and again until stopped. */
function repeat(clock: Clock, everyMs: number, run: () => void): () => void {
  let cancel = clock.after(everyMs, function again() {
    run()
    cancel = clock.after(everyMs, again)
  })
  return () => cancel()
}
