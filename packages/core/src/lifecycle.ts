import type { Clock } from './clock.ts'
import type { Signal, Signals } from './signals.ts'
import type { TraceWriter } from './trace.ts'

/** What to do with a page nobody looks at. */
export type HiddenPolicy =
  | 'keep'
  /** Hidden for this long: closed, and taken up again where it stopped when the page is seen. */
  | { readonly pauseAfterMs: number }
  /** Hidden for this long: ended for good as by `close()`, and a new start when the page is seen. */
  | { readonly closeAfterMs: number }

interface LifecycleSetup {
  readonly clock: Clock
  readonly trace: TraceWriter
  readonly signals: Signals
  readonly hidden: HiddenPolicy
}

export interface LifecycleEvents {
  pause(cause: string, final: boolean): void
  /** No reason to pause is left. */
  resume(cause: string): void
  /** A good moment to look at the connection; `offline` is one to doubt it. */
  wake(signal: Signal): void
}

export interface Lifecycle {
  readonly paused: boolean
  readonly hidden: boolean
  /** Listens to the surroundings while there is a connection to look after. */
  start(): void
  stop(): void
  pause(reason: string, final: boolean): void
  resume(reason: string): void
}

/** Turns signals of the page into pauses and wake-ups. Reasons to pause add up; the last one to go resumes. */
export function createLifecycle(
  { clock, trace, signals, hidden: policy }: LifecycleSetup,
  events: LifecycleEvents,
): Lifecycle {
  const reasons = new Set<string>()
  let unsubscribe: (() => void) | undefined
  let cancelGrace = (): void => {}

  const hide = (): void => {
    cancelGrace()
    if (policy === 'keep') return
    const final = 'closeAfterMs' in policy
    const graceMs = final ? policy.closeAfterMs : policy.pauseAfterMs
    cancelGrace = clock.after(graceMs, () => lifecycle.pause('hidden', final))
  }

  const heard = (signal: Signal): void => {
    trace({ type: 'signal', signal })
    if (signal === 'hidden') hide()
    else if (/freeze|pagehide/.test(signal)) lifecycle.pause('frozen', false)
    else {
      if (signal === 'visible') {
        cancelGrace()
        lifecycle.resume('hidden')
      }
      if (/resume|pageshow|visible/.test(signal)) lifecycle.resume('frozen')
      events.wake(signal)
    }
  }

  const lifecycle: Lifecycle = {
    get paused() {
      return reasons.size > 0
    },
    get hidden() {
      return signals.hidden()
    },
    start() {
      if (unsubscribe) return
      unsubscribe = signals.subscribe(heard)
      if (signals.hidden()) hide()
    },
    stop() {
      unsubscribe?.()
      unsubscribe = undefined
      cancelGrace()
      // Their end would go unheard from here on.
      reasons.delete('hidden')
      reasons.delete('frozen')
    },
    pause(reason, final) {
      reasons.add(reason)
      events.pause(reason, final)
    },
    resume(reason) {
      if (reasons.delete(reason) && !reasons.size) events.resume(reason)
    },
  }
  return lifecycle
}
