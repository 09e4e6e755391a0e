import type { Cancel, Clock } from './clock.ts'
import type { Line } from './line-setup.ts'
import type { Subscription } from './subscription.ts'

export interface SubscribeOptions {
  /** How many joins may be unanswered at once, unless the protocol sends them as one. @default 20 */
  readonly inFlight?: number
  /** At most this many joins in this time, where the server limits them. */
  readonly rate?: { readonly count: number; readonly perMs: number }
  /** How long the server may take to answer a join. @default 10000 */
  readonly joinMs?: number
  /** How long a channel stays joined after its last listener. @default 1000 */
  readonly lingerMs?: number
}

export interface JoinsSetup extends Required<Pick<SubscribeOptions, 'inFlight' | 'joinMs'>> {
  readonly clock: Clock
  readonly rate: SubscribeOptions['rate']
}

/** Who waits to be joined and who waits for the answer: sent in order of priority, as many as the peer takes. */
export interface Joins {
  add(sub: Subscription): void
  /** It was answered, or is not to be joined any more. */
  remove(sub: Subscription): void
  /** Sends what may be sent now. */
  pump(): void
  readonly isBusy: boolean
  /** The line is gone, and with it what the server counted. */
  reset(): void
}

export function createJoins(
  { clock, inFlight, rate, joinMs }: JoinsSetup,
  target: () => Line | undefined,
  failed: (sub: Subscription, error?: unknown) => void,
): Joins {
  let queue = new Set<Subscription>()
  let isSorted = true
  let isPumping = false
  let sent = 0
  const asked = new Set<Subscription>()
  const refills = new Set<Cancel>()

  const take = (room: number): Subscription[] => {
    const batch: Subscription[] = []
    if (!isSorted) queue = new Set([...queue].sort((a, b) => b.priority - a.priority))
    isSorted = true
    for (const sub of queue) {
      if (batch.length >= room) break
      queue.delete(sub)
      batch.push(sub)
    }
    return batch
  }

  const send = (line: Line, batch: readonly Subscription[]): void => {
    for (const sub of batch) {
      asked.add(sub)
      sub.wire = 'asked'
      sub.wasAsked = true
      sub.source ??= line
      sub.cancelTimer = clock.after(joinMs, () => failed(sub))
    }
    sent += batch.length
    if (rate) {
      const cancel = clock.after(rate.perMs, () => {
        refills.delete(cancel)
        sent -= batch.length
        pump()
      })
      refills.add(cancel)
    }
    try {
      line.link.subscribe(batch.map(({ name: key, recover, options }) => ({ key, recover, options })))
    } catch (error) {
      for (const sub of batch) if (sub.wire === 'asked') failed(sub, error)
    }
  }

  const pump = (): void => {
    if (isPumping) return
    isPumping = true
    for (;;) {
      const line = target()
      if (line?.phase !== 'ready') break
      const room = (line.ready.limits?.joins ?? inFlight) - asked.size
      const batch = take(rate ? Math.min(room, rate.count - sent) : room)
      if (!batch.length) break
      send(line, batch)
    }
    isPumping = false
  }

  return {
    pump,
    get isBusy() {
      return asked.size + queue.size > 0
    },
    add(sub) {
      sub.wire = 'queued'
      queue.add(sub)
      isSorted = queue.size === 1
    },
    remove(sub) {
      sub.cancelTimer?.()
      sub.cancelTimer = undefined
      queue.delete(sub)
      asked.delete(sub)
    },
    reset() {
      for (const cancel of refills) cancel()
      refills.clear()
      sent = 0
    },
  }
}
