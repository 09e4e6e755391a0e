import type { Clock } from './clock.ts'

/** What the surroundings tell: hints to look at the connection, never a reason to drop it. */
export type Signal =
  | 'online'
  | 'offline'
  | 'visible'
  | 'hidden'
  | 'freeze'
  | 'resume'
  | 'pagehide'
  | 'pageshow'
  /** The wall clock went on while our timers stood still: the machine slept. */
  | 'wake'

export interface Signals {
  hidden(): boolean
  subscribe(listener: (signal: Signal) => void): () => void
}

type Hear = (type: string, listener: (event: { readonly type: string }) => void) => void
interface Target {
  readonly addEventListener: Hear
  readonly removeEventListener: Hear
}
type Surroundings = Partial<Target> & {
  readonly document?: Partial<Target> & { readonly visibilityState: string }
  readonly navigator?: { readonly onLine?: boolean }
}

const TICK_MS = 2000
const SLEPT_MS = 5000

/**
 * The signals of a page or a worker. Where none can come, as in Node, Deno and on the edge, it is
 * never hidden and never tells anything. Listens, and watches the clock, only while subscribed to.
 */
export function browserSignals(clock: Clock): Signals {
  const self = globalThis as unknown as Surroundings
  const hidden = (): boolean => self.document?.visibilityState === 'hidden'
  return {
    hidden,
    subscribe(listener) {
      // Server runtimes may have `addEventListener` and even `WorkerGlobalScope`, but not this.
      if (self.navigator?.onLine === undefined) return () => {}
      let due: number
      let cancel: () => void
      const expect = (): void => {
        due = clock.date() + TICK_MS
      }
      const tick = (): void => {
        const missingMs = clock.date() - due
        arm()
        // Timers of a hidden page are throttled, which looks like sleep.
        if (missingMs > SLEPT_MS && !hidden()) listener('wake')
      }
      const arm = (): void => {
        expect()
        cancel = clock.after(TICK_MS, tick)
      }
      const hear = ({ type }: { readonly type: string }): void => {
        expect()
        listener(type === 'visibilitychange' ? (hidden() ? 'hidden' : 'visible') : (type as Signal))
      }
      const each = (method: keyof Target): void => {
        for (const type of ['online', 'offline', 'pagehide', 'pageshow']) self[method]?.(type, hear)
        for (const type of ['visibilitychange', 'freeze', 'resume']) self.document?.[method]?.(type, hear)
      }
      each('addEventListener')
      arm()
      return () => {
        each('removeEventListener')
        cancel()
      }
    },
  }
}
