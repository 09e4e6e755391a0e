import type { Clock } from './clock.ts'
import type { ConnectionPort } from './port.ts'
import { Subscription, type SubscriptionSetup } from './subscription.ts'

export interface IntentsSetup extends SubscriptionSetup {
  readonly clock: Clock
  readonly port: Pick<ConnectionPort, 'hold'>
  /** How long a channel stays joined after its last listener. */
  readonly lingerMs: number
}

/** Which channels are wanted, by whom and how long: nothing here knows of a wire. */
export interface Intents {
  /** The shared state of a channel, made when first needed. */
  use(name: string): Subscription
  find(name: string): Subscription | undefined
  all(): Iterable<Subscription>
  isWanted(sub: Subscription): boolean
  /** Wants the channel until released; it lingers unless released with `now`. */
  hold(sub: Subscription): (now?: boolean) => void
  endLinger(sub: Subscription): void
  /** Keeps its shared state alive without wanting it joined. */
  watch(sub: Subscription): () => void
  /** Forgets a channel that nobody needs, once the wire is done with it. */
  tidy(sub: Subscription): void
}

/** `changed` hears of every channel that may have come to be wanted, or not to be. */
export function createIntents(
  setup: IntentsSetup,
  lingers: () => boolean,
  changed: (sub: Subscription) => void,
): Intents {
  const table = new Map<string, Subscription>()
  /** Messages come in runs, so the last one found is looked at first. */
  let last: Subscription | undefined

  const endLinger = (sub: Subscription): void => {
    sub.cancelLinger?.()
    sub.cancelLinger = undefined
    changed(sub)
  }

  const find = (name: string): Subscription | undefined => {
    if (last?.name !== name) last = table.get(name)
    return last
  }

  const isWanted = (sub: Subscription): boolean => sub.holds > 0 || sub.cancelLinger !== undefined

  const tidy = (sub: Subscription): void => {
    // Left and used again in one tick, it may have a successor of its name.
    if (isWanted(sub) || sub.watchers || sub.wire !== 'out' || table.get(sub.name) !== sub) return
    table.delete(sub.name)
    last = undefined
  }

  return {
    find,
    isWanted,
    endLinger,
    tidy,
    all: () => table.values(),
    use(name) {
      const sub = find(name) ?? new Subscription(name, setup)
      table.set(name, sub)
      return sub
    },
    hold(sub) {
      sub.release ??= setup.port.hold()
      if (!sub.holds++) endLinger(sub)
      let isHeld = true
      return (now) => {
        if (!isHeld) return
        isHeld = false
        if (--sub.holds) return
        if (now || !lingers()) endLinger(sub)
        else sub.cancelLinger = setup.clock.after(setup.lingerMs, () => endLinger(sub))
      }
    },
    watch(sub) {
      sub.watchers++
      return () => {
        sub.watchers--
        tidy(sub)
      }
    },
  }
}
