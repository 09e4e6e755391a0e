import { randomBytes } from 'node:crypto'
import { type Clock, systemClock } from '@org/realtime-core/kit'
import { createRawWs } from '@org/realtime-raw-ws'
import { createServer } from '@org/realtime-server'
import { createBookings } from './bookings.ts'
import { type Address, channels, DESK } from './channels.ts'
import { repeat } from './time.ts'

const BOOKING_MS = 1600
const COLLEAGUES = ['Ada', 'Grace']
const AWAY_MS = 7000

export interface FarEnd extends Address {
  close(): Promise<void>
}

export interface FarEndOptions {
  /** @default any that is free */
  readonly port?: number
  /** Pages that may cause faults. */
  readonly origins: readonly string[]
  readonly clock?: Clock
}

/** The other side of the page: the reference server, bookings that it publishes, and colleagues who come and go. */
export async function startFarEnd({
  port = 0,
  origins,
  clock = systemClock,
}: FarEndOptions): Promise<FarEnd> {
  const token = randomBytes(24).toString('base64url')
  const server = createServer({
    mode: 'development',
    port,
    clock,
    control: { token, origins },
    // Whoever has a name is let in: the page calls itself as it likes.
    authenticate: (name) => (name ? { id: name, info: { role: 'desk' } } : undefined),
    channels: { [DESK]: { publish: true, presence: true } },
    times: { idleMs: 5000, answerMs: 2500, sessionMs: 10_000 },
  })
  const at = await server.listen()
  const origin = `${at.host}:${at.port}`
  const url = `ws://${origin}/raw`
  const book = createBookings(clock)
  const colleagues = COLLEAGUES.map((name) => startColleague(name, url, clock))
  const stopBooking = repeat(clock, BOOKING_MS, () => {
    server.publish(DESK, 'Booked', book()).catch(() => {})
  })
  return {
    url,
    control: { url: `http://${origin}/_control`, token },
    inspectUrl: `http://${origin}/_inspect`,
    async close() {
      stopBooking()
      await Promise.all(colleagues.map((end) => end()))
      await server.close()
    },
  }
}

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
