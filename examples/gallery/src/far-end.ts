import type { Clock } from '@org/realtime-core/kit'
import {
  type AckedServer,
  createAckedServer,
  createFakeSignals,
  createMemoryTransport,
  type FakeSignals,
  type MemoryPeer,
  type MemoryTransport,
} from '@org/realtime-testing'
import type { Booking } from './channels.ts'
import { repeat } from './time.ts'

export const DESK = 'presence-desk.1'

const LATENCY_MS = 40
const SLOW_MS = 900
const TICK_MS = 1600
const GUESTS = ['Ada', 'Grace', 'Linus', 'Margaret']

/** Why a dial does not get through to the server. */
export type Obstacle = 'offline' | 'down' | 'hang-up'

/** The other side of the page: a network and a server in memory, with everything that can go wrong. */
export interface FarEnd {
  readonly transport: MemoryTransport
  readonly server: AckedServer
  readonly signals: FakeSignals
  obstruct(obstacle: Obstacle, on: boolean): void
  /** Makes every open session half-open: nothing arrives any more, and nobody is told. */
  stall(): void
  /** What stalled sessions held back arrives after all. */
  unstall(): void
  /** Ends every session with this code. */
  end(code: number, reason: string): void
  slow(on: boolean): void
  /** One more booking, as the server makes them all the time. */
  book(): Booking
  stop(): void
}

export function createFarEnd(clock: Clock): FarEnd {
  const transport = createMemoryTransport({ clock, latencyMs: LATENCY_MS, record: false })
  const server = createAckedServer({ idleMs: 5000, answerMs: 2500 })
  const signals = createFakeSignals()
  const peers = new Set<MemoryPeer>()
  const obstacles = new Set<Obstacle>()
  let detach: (() => void) | undefined = server.attach(transport)
  let bookings = 0

  const turnAway = (peer: MemoryPeer): void => {
    if (obstacles.has('offline')) peer.refuse({ error: new Error('No network') })
    else if (obstacles.has('down')) peer.refuse()
    else if (obstacles.has('hang-up')) {
      peer.accept()
      peer.end({ code: 1011, reason: 'accepted by mistake' })
    }
  }

  const stopWatching = transport.onDial((peer) => {
    // A session that the client has given up only needs to hear of it.
    for (const other of peers) if (other.closedBy) other.unstall()
    peers.add(peer)
    peer.onOver(() => peers.delete(peer))
    turnAway(peer)
  })

  const book = (): Booking => {
    const guest = GUESTS[bookings % GUESTS.length] ?? ''
    const seat = `${1 + Math.floor(clock.random() * 30)}${'ABCDEF'[bookings++ % 6]}`
    return { guest, seat }
  }

  const comeAndGo = (): void => {
    const guest = GUESTS[Math.floor(clock.random() * GUESTS.length)] ?? ''
    if (clock.random() < 0.6) server.enter(DESK, { id: guest, info: { role: 'desk' } })
    else server.exit(DESK, guest)
  }

  server.enter(DESK, { id: 'Ada', info: { role: 'desk' } })
  const stops = [
    repeat(clock, TICK_MS, () => server.publish(DESK, 'Booked', book())),
    repeat(clock, TICK_MS * 3, comeAndGo),
    stopWatching,
    () => detach?.(),
  ]

  return {
    transport,
    server,
    signals,
    book,
    obstruct(obstacle, on) {
      if (on) obstacles.add(obstacle)
      else obstacles.delete(obstacle)
      if (!obstacles.size) detach ??= server.attach(transport)
      else {
        detach?.()
        detach = undefined
      }
    },
    stall() {
      for (const peer of peers) peer.stall()
    },
    unstall() {
      for (const peer of peers) peer.unstall()
    },
    end(code, reason) {
      for (const peer of [...peers]) peer.end({ code, reason })
    },
    slow(on) {
      transport.latencyMs = on ? SLOW_MS : LATENCY_MS
    },
    stop() {
      for (const stop of stops) stop()
    },
  }
}
