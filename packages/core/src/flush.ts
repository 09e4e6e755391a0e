import type { Environment } from './environment.ts'

/** When what has changed is shown: with the next frame, at once, or so many milliseconds later. */
export type Flush = 'raf' | 'sync' | number

/** `back`: when the page is seen again. */
type When = Flush | 'back'

type Frames = { readonly requestAnimationFrame?: (run: () => void) => unknown }

/** A page that is hidden or covered gets no frames. */
const LATE_FRAME_MS = 100
const NO_FRAMES_MS = 16

const queues = new WeakMap<Environment, Map<When, Set<() => void>>>()

/** Runs it then, once, however often it is asked for: all of a client that is due at one time runs together. */
export function schedule(env: Environment, when: When, run: () => void): void {
  const queue = queueOf(env, when)
  queue.add(run)
  if (when === 'sync') flush(env, when)
  else if (queue.size === 1 && when !== 'back') arm(env, when)
}

/** Runs what waits. Whoever is scheduled meanwhile waits for the next time. */
export function flush(env: Environment, when: When): void {
  const queue = queueOf(env, when)
  const runs = [...queue]
  queue.clear()
  for (const run of runs) {
    try {
      run()
    } catch (error) {
      env.report(error)
    }
  }
}

function arm(env: Environment, when: 'raf' | number): void {
  const { requestAnimationFrame } = globalThis as Frames
  let isOver = false
  const go = (): void => {
    if (isOver) return
    isOver = true
    cancel()
    flush(env, when)
  }
  const hasFrames = when === 'raf' && requestAnimationFrame !== undefined
  const cancel = env.clock.after(when !== 'raf' ? when : hasFrames ? LATE_FRAME_MS : NO_FRAMES_MS, go)
  if (hasFrames) requestAnimationFrame(go)
}

function queueOf(env: Environment, when: When): Set<() => void> {
  const byTime = queues.get(env) ?? new Map<When, Set<() => void>>()
  const queue = byTime.get(when) ?? new Set()
  queues.set(env, byTime.set(when, queue))
  return queue
}
