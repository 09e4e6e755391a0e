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
  /** It was answered, or is not to be joined any more: `wire` is `out` from here on. */
  remove(sub: Subscription): void
  /** Sends over this line what may be sent now. */
  pump(line: Line | undefined): void
  isBusy(): boolean
  /** The line is gone, and with it what the server counted. */
  reset(): void
}

export function createJoins(
  { clock, inFlight, rate, joinMs }: JoinsSetup,
  pump: () => void,
  failed: (sub: Subscription, error?: unknown) => void,
): Joins {
  const queue: Subscription[] = []
  const refills = new Set<Cancel>()
  let isPumping = false
  let asked = 0
  /** In the time that `rate` looks at. */
  let sent = 0

  const send = (line: Line, batch: readonly Subscription[]): void => {
    for (const sub of batch) {
      sub.wire = 'asked'
      sub.wasAsked = true
      sub.source ??= line
      sub.cancelTimer = clock.after(joinMs, () => failed(sub))
    }
    asked += batch.length
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

  return {
    pump(line) {
      while (!isPumping && line?.phase === 'ready') {
        const room = (line.ready.limits?.joins ?? inFlight) - asked
        const batch = queue.splice(0, rate ? Math.min(room, rate.count - sent) : room)
        if (!batch.length) return
        isPumping = true
        send(line, batch)
        isPumping = false
      }
    },
    isBusy: () => asked + queue.length > 0,
    add(sub) {
      let at = queue.length
      while (at && (queue[at - 1] as Subscription).priority < sub.priority) at--
      queue.splice(at, 0, sub)
      sub.wire = 'queued'
    },
    remove(sub) {
      sub.cancelTimer?.()
      sub.cancelTimer = undefined
      if (sub.wire === 'asked') asked--
      if (sub.wire === 'queued') queue.splice(queue.indexOf(sub), 1)
      sub.wire = 'out'
    },
    reset() {
      for (const cancel of refills) cancel()
      refills.clear()
      sent = 0
    },
  }
}
