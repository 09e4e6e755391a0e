import type { AnyChannel } from './binding-types.ts'
import { type Flush, schedule } from './flush.ts'
import { attachAll, isAway } from './hidden-tab.ts'
import { createListeners, type Report } from './listeners.ts'
import { atLeast, oneOf } from './options.ts'
import type { Meta } from './protocol.ts'
import type { Store } from './store.ts'

/**
 * Makes the next state of the one before and a message. `isShown`: somebody may hold the state, so it is to be
 * replaced; until it is shown the next one may be changed in place.
 */
export type Step<S> = (state: S, payload: unknown, meta: Meta, event: string, isShown: boolean) => S

/** A state that every message goes into, and that is shown once per frame. */
export interface Fold<S> extends Store<S> {
  /** What it began with, and what a server shows. */
  readonly first: S
  /** Listens to events of one more channel, until released. */
  listen(channel: AnyChannel, events: readonly string[]): () => void
  /** Replaces the state, and shows it at once. */
  set(state: S): void
}

/**
 * The last state stays when nothing is listened to any more.
 * @throws RealtimeError `option.invalid` for a time that is none
 */
export function createFold<S>(initial: S, step: Step<S>, flush: () => Flush | undefined): Fold<S> {
  const first = flush()
  if (typeof first === 'number') atLeast('flush', first, 0)
  else oneOf('flush', first, ['raf', 'sync'])
  let state = initial
  let shown = initial
  let report: Report = () => {}
  const listeners = createListeners<[S]>((error) => report(error))
  let isDue = false
  const show = (): void => {
    isDue = false
    if (Object.is(state, shown)) return
    shown = state
    listeners.emit(state)
  }
  return {
    first: initial,
    get: () => shown,
    set(next) {
      state = next
      show()
    },
    subscribe: listeners.add,
    listen(channel, events) {
      const env = channel['~env']
      report = env.report
      return attachAll(channel, events, (event) =>
        channel.on(event, (payload: unknown, meta) => {
          state = step(state, payload, meta, event, state === shown)
          if (state === shown || isDue) return
          isDue = true
          schedule(env, isAway(channel) ? 'back' : (flush() ?? 'raf'), show)
        }),
      )
    },
  }
}
