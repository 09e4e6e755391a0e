import { type Clock, systemClock, type Transport, websocketTransport } from '@org/realtime-core/kit'
import { createFakeClock, type PendingTimer } from '../fake-clock.ts'
import { createMemoryTransport } from '../memory-transport.ts'
import { settled } from '../settled.ts'
import { type LiveServer, toLiveServer } from './live-server.ts'
import type { LiveRig, ProtocolRig } from './protocol-rig.ts'

/** How long things take here, and what there is time for. */
export interface Times {
  /** After which what was to happen has not. */
  readonly patienceMs: number
  /** The same for what needs no timer to happen. */
  readonly soonMs: number
  /** How long to watch for what must not come, once all that was under way has happened. */
  readonly quietMs: number
  /** Between messages that follow each other. */
  readonly stepMs: number
  /** The client's `probeMs`. */
  readonly probeMs: number
  /** How many changed frames are sent. */
  readonly changes: number
}

/** What a statement runs in: memory and fake time, or a network and real time. */
export interface Surroundings {
  readonly url: string
  readonly transport: Transport
  readonly server: LiveServer
  readonly clock: Clock & { readonly pending: readonly PendingTimer[] }
  readonly times: Times
  readonly clientOptions: object
  /** Lets time pass. */
  pass(ms: number): Promise<void>
  /** How long to wait between two looks at a condition. */
  readonly lookMs: number
  /** Lets happen what is under way; `events` counts what has. */
  settled(events: () => number): Promise<void>
  /** The far end lets go of what would count as left behind. */
  stop?(): void | Promise<void>
}

export function surroundingsOf(rig: ProtocolRig | LiveRig, beatsFast: boolean): Surroundings {
  return 'url' in rig ? liveSurroundings(rig, beatsFast) : memorySurroundings(rig)
}

function memorySurroundings({ server }: ProtocolRig): Surroundings {
  const clock = createFakeClock()
  const transport = createMemoryTransport({ clock })
  server.attach(transport, clock)
  return {
    url: 'memory://server',
    transport,
    server: toLiveServer(server, transport),
    clock,
    times: { patienceMs: 300_000, soonMs: 0, quietMs: 600_000, stepMs: 50, probeMs: 2000, changes: 400 },
    clientOptions: {},
    pass: (ms) => clock.advance(ms),
    lookMs: 100,
    settled,
    stop: () => server.stop?.(),
  }
}

const PROBE_MS = 1000
const QUIET_MS = 30

/** So that a statement takes no longer than it must. */
const brisk = {
  backoff: { baseMs: 10, firstMs: 10, floorMs: 1, capMs: 100 },
  connection: { minDialGapMs: 5, probeMs: PROBE_MS },
  subscribe: { lingerMs: 20 },
}
const fastHeartbeat = { receiveIdleMs: 150, answerMs: 150, sendIdleMs: 100 }

function liveSurroundings(
  { url, server, transport = websocketTransport() }: LiveRig,
  beatsFast: boolean,
): Surroundings {
  const clock = countTimers(systemClock)
  const pass = (ms: number): Promise<void> =>
    new Promise((resolve) => void systemClock.after(ms, resolve, true))
  return {
    url,
    transport,
    server,
    clock,
    times: { patienceMs: 8000, soonMs: 8000, quietMs: 0, stepMs: 5, probeMs: PROBE_MS, changes: 100 },
    clientOptions: { ...brisk, ...(beatsFast && { heartbeat: fastHeartbeat }) },
    pass,
    lookMs: 2,
    async settled(events) {
      for (let before = -1; before !== events(); ) {
        before = events()
        await pass(QUIET_MS)
      }
    },
  }
}

/** The same clock, with a list of what was not yet run. */
function countTimers(clock: Clock): Surroundings['clock'] {
  const pending = new Map<object, { readonly dueAt: number; readonly keepsProcess: boolean }>()
  return {
    ...clock,
    get pending() {
      const now = clock.now()
      return [...pending.values()].map(({ dueAt, keepsProcess }) => ({ dueIn: dueAt - now, keepsProcess }))
    },
    after(ms, run, keepsProcess = false) {
      const timer = {}
      pending.set(timer, { dueAt: clock.now() + ms, keepsProcess })
      const cancel = clock.after(
        ms,
        () => {
          pending.delete(timer)
          run()
        },
        keepsProcess,
      )
      return () => {
        pending.delete(timer)
        cancel()
      }
    },
  }
}
