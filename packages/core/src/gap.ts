import type { Cancel, Clock } from './clock.ts'
import { RealtimeError } from './errors.ts'
import type { Report } from './listeners.ts'
import type { Continuity } from './protocol.ts'

/** What is known of a time in which a channel may have missed something. */
export interface Gap {
  readonly channel: string
  readonly continuity: Continuity
  /** Wall-clock time at which the channel was last known to be whole. */
  readonly since: number
  readonly cause: 'reconnect' | 'hole'
  /** The peer had kept the session, and with it the subscription. */
  readonly resumed: boolean
}

export interface GapOptions {
  /** Also run after interruptions that are proved to have lost nothing. @default false */
  readonly complete?: boolean
  /** How many events wait for the handler's promise. @default 1000 */
  readonly maxEvents?: number
  /** How long they wait. @default 10000 */
  readonly timeoutMs?: number
}

export type GapHandler = (gap: Gap) => unknown

/** Holds the events of one channel handle back, in order, while its gap handlers are at work. */
export interface GapHold {
  /** Read for every message. */
  readonly isHolding: boolean
  run(handler: GapHandler, gap: Gap, options: GapOptions): void
  /** Keeps one delivery for later. */
  push(delivery: () => void): void
  close(): void
}

export function createGapHold(
  clock: Clock,
  report: Report,
  ends: { add(listener: () => void): () => void },
): GapHold {
  let held: (() => void)[] = []
  let running = new Map<
    symbol,
    { readonly cancel: Cancel; readonly maxEvents: number; readonly channel: string }
  >()

  const end = (id: symbol, reason?: 'overflow' | 'timeout' | 'rejected', cause?: unknown): void => {
    const run = running.get(id)
    if (!run) return
    run.cancel()
    running.delete(id)
    if (reason) report(failed(run.channel, reason, cause))
    if (running.size) return
    hold.isHolding = false
    const deliveries = held
    held = []
    for (const deliver of deliveries) deliver()
  }

  const hold: GapHold & { isHolding: boolean } = {
    isHolding: false,
    run(handler, gap, { maxEvents = 1000, timeoutMs = 10_000 }) {
      const { channel } = gap
      try {
        const result = handler(gap)
        if (!(result instanceof Object && 'then' in result)) return
        const id = Symbol()
        const cancelTimer = clock.after(timeoutMs, () => end(id, 'timeout'))
        const forget = ends.add(hold.close)
        const cancel = (): void => {
          cancelTimer()
          forget()
        }
        running.set(id, { channel, maxEvents, cancel })
        hold.isHolding = true
        Promise.resolve(result).then(
          () => end(id),
          (error) => end(id, 'rejected', error),
        )
      } catch (error) {
        report(failed(channel, 'rejected', error))
      }
    },
    push(delivery) {
      held.push(delivery)
      for (const [id, { maxEvents }] of running) if (held.length > maxEvents) end(id, 'overflow')
    },
    close() {
      for (const { cancel } of running.values()) cancel()
      running = new Map()
      hold.isHolding = false
      held = []
    },
  }
  return hold
}

const failed = (
  channel: string,
  reason: 'overflow' | 'timeout' | 'rejected',
  cause?: unknown,
): RealtimeError =>
  new RealtimeError(
    'gap.failed',
    `Gap handler of ${channel}: ${reason}; held events were delivered`,
    { channel, reason },
    cause,
  )
