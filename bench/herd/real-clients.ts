import { setImmediate as turn } from 'node:timers/promises'
import { createClient } from '@org/realtime-core'
import type { SessionEvents, Transport } from '@org/realtime-core/kit'
import { createFakeClock } from '@org/realtime-testing'
import { type Dials, END_MS, type Random, SERVER_BACK_MS } from './outage.ts'

const STABLE_MS = 10_000

/** So many at a time live in memory: few enough to die young. */
const BATCH = 100

/** The dials of whole clients of ours, with their defaults. */
export async function dialsOfClients(clients: number, random: Random): Promise<Dials> {
  const dials: (readonly number[])[] = []
  while (dials.length < clients) {
    const batch = Array.from({ length: Math.min(BATCH, clients - dials.length) }, () => start(random))
    await turn()
    for (const client of batch) client.drop()
    // A timer each and then a turn for their promises: the clients share nothing, so their clocks may differ.
    while (batch.filter((client) => client.step()).length) await turn()
    dials.push(...batch.map((client) => client.dials))
  }
  return dials
}

/** One client on a clock of its own, connected to a server that answers at once. */
function start(random: Random) {
  const clock = createFakeClock()
  clock.setRandom(random)
  const dials: number[] = []
  let session: SessionEvents | undefined
  let isConnected = false
  let droppedAt = -Infinity
  const transport: Transport = (_target, events) => {
    session = events
    const sinceDropMs = clock.now() - droppedAt
    if (sinceDropMs < END_MS) dials.push(sinceDropMs)
    queueMicrotask(() => (sinceDropMs < SERVER_BACK_MS ? events.end({ code: 1006 }) : events.open('')))
    return { send() {}, close() {}, bufferedBytes: 0 }
  }
  const client = createClient({
    clock,
    transport,
    url: 'wss://bench.invalid',
    traceLimit: 1,
    protocol: {
      name: 'mute',
      separator: '.',
      capabilities: { presence: false, publish: false, ack: false, history: false },
      open(_session, events) {
        queueMicrotask(() => events.ready({}))
        return { receive() {}, subscribe() {} }
      },
    },
  })
  client.status.subscribe(({ status }) => {
    isConnected = status === 'connected'
  })
  client.connect().catch(() => {})
  return {
    dials,
    drop() {
      if (!isConnected) throw new Error('A client did not connect before the outage')
      clock.advanceSync(STABLE_MS)
      droppedAt = clock.now()
      session?.end({ code: 1006 })
    },
    /** Runs its next timer; false once it is connected again or nothing is to come. */
    step(): boolean {
      const [next] = clock.pending
      if (isConnected || !next || clock.now() - droppedAt > END_MS) return false
      clock.advanceSync(next.dueIn)
      return true
    },
  }
}
