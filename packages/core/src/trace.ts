import type { Clock } from './clock.ts'
import { createListeners } from './listeners.ts'

/** One line of the explain log. `at` is wall-clock time; secrets never get in. */
export type TraceEntry = { readonly at: number } & TraceEvent

export type TraceEvent =
  | { readonly type: 'transition'; readonly from: string; readonly to: string; readonly cause: string }
  | { readonly type: 'delay'; readonly delayMs: number; readonly cause: string }
  | { readonly type: 'phase'; readonly phase: string; readonly url?: string }
  | { readonly type: 'signal'; readonly signal: string }
  | { readonly type: 'probe'; readonly cause: string }
  | {
      readonly type: 'frame'
      readonly direction: 'in' | 'out'
      readonly bytes: number
      readonly text?: string
    }
  | { readonly type: 'channel'; readonly channel: string; readonly state: string; readonly cause?: string }
  | { readonly type: 'gap'; readonly channel: string; readonly continuity: string; readonly cause: string }
  | { readonly type: 'publish'; readonly id: string; readonly channel: string; readonly outcome: string }
  | { readonly type: 'error'; readonly code: string; readonly message: string }
  | { readonly type: 'hint'; readonly message: string }

export interface Trace {
  /** The last entries, oldest first. */
  entries(): readonly TraceEntry[]
  subscribe(listener: (entry: TraceEntry) => void): () => void
}

export interface TraceWriter extends Trace {
  (event: TraceEvent): void
  /** Whether frames are worth describing: somebody listens. */
  watched(): boolean
}

/**
 * The one way out for diagnostics: a bounded ring, and listeners that are told in the next microtask,
 * so that none of them can act in the middle of what it is told of. A listener's own error is dropped.
 */
export function createTrace(clock: Clock, limit: number): TraceWriter {
  const listeners = createListeners<[TraceEntry]>(() => {})
  const ring: TraceEntry[] = []
  let untold: TraceEntry[] = []
  const tell = (): void => {
    const entries = untold
    untold = []
    for (const entry of entries) listeners.emit(entry)
  }
  const write = (event: TraceEvent): void => {
    const entry = { at: clock.date(), ...event }
    if (ring.push(entry) > limit) ring.shift()
    if (listeners.size && untold.push(entry) === 1) queueMicrotask(tell)
  }
  return Object.assign(write, {
    entries: () => [...ring],
    subscribe: listeners.add,
    watched: () => listeners.size > 0,
  })
}
