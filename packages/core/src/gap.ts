import type { Cancel, Clock } from './clock.ts'
import { fault } from './fault.ts'
import type { Report } from './listeners.ts'
import type { Continuity } from './protocol.ts'

/** What is known of a time in which a channel may have missed something. */
export interface Gap {
  readonly channel: string
  readonly continuity: Continuity
  /** Wall-clock time at which the channel was last known to be whole. */
  readonly since: number
  /** `away`: a binding let go of the channel while nobody looked at the page. */
  readonly cause: 'reconnect' | 'hole' | 'away'
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

/** One handler, with defaults filled in. */
export interface GapEntry extends Required<GapOptions> {
  readonly handler: GapHandler
  readonly hold: GapHold
}

/** What a hold needs of its client. `ends` is called when everything ends. */
export interface GapSetup {
  readonly clock: Clock
  readonly report: Report
  readonly ends: Set<() => void>
}

interface Run {
  readonly maxEvents: number
  end(reason?: 'overflow' | 'timeout' | 'rejected', cause?: unknown): void
}

/** Holds the events of one channel handle back, in order, while its gap handlers are at work. */
export class GapHold {
  /** What waits; there while handlers are at work. Looked at for every message. */
  held: (() => void)[] | undefined
  #runs: readonly Run[] = []
  readonly #setup: GapSetup

  constructor(setup: GapSetup) {
    this.#setup = setup
  }

  run({ handler, maxEvents, timeoutMs }: GapEntry, gap: Gap): void {
    const { clock, report, ends } = this.#setup
    const { channel } = gap
    const run: Run = {
      maxEvents,
      end: (reason, cause) => {
        if (!this.#runs.includes(run)) return
        this.#runs = this.#runs.filter((other) => other !== run)
        cancel()
        ends.delete(close)
        if (reason) report(fault('gap.failed', { channel, reason }, cause))
        if (this.#runs.length) return
        const deliveries = this.held ?? []
        this.held = undefined
        for (const deliver of deliveries) deliver()
      },
    }
    const close = (): void => this.close()
    let cancel: Cancel = () => {}
    this.#runs = [...this.#runs, run]
    try {
      const result = handler(gap)
      if (!(result instanceof Object && 'then' in result)) return run.end()
      this.held ??= []
      ends.add(close)
      cancel = clock.after(timeoutMs, () => run.end('timeout'))
      Promise.resolve(result).then(
        () => run.end(),
        (error) => run.end('rejected', error),
      )
    } catch (error) {
      run.end('rejected', error)
    }
  }

  /** Keeps one delivery for later. */
  push(delivery: () => void): void {
    const { held } = this
    if (!held) return
    held.push(delivery)
    for (const { maxEvents, end } of this.#runs) if (held.length > maxEvents) end('overflow')
  }

  /** Gives up what waits. */
  close(): void {
    if (this.held) this.held = []
    for (const { end } of this.#runs) end()
  }
}
