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
  /** The same as `find`, for messages: they come in runs, so the last one found is looked at first. */
  last(name: string): Subscription | undefined
  all(): Iterable<Subscription>
  isWanted(sub: Subscription): boolean
  /** Wants the channel until released; it lingers unless released with `now`. */
  hold(name: string): (now?: boolean) => void
  /** Ends its linger, if nobody holds it any more. */
  endLinger(name: string): void
  /** Keeps its shared state alive without wanting it joined. */
  watch(name: string): () => void
  /** Forgets a channel that nobody needs, once the wire is done with it. */
  tidy(sub: Subscription): void
}

/** `changed` hears of every channel that may have come to be wanted, or not to be. */
export function createIntents(
  setup: IntentsSetup,
  lingers: () => boolean,
  changed: (sub: Subscription) => void,
): Intents {
  const { clock, port, lingerMs } = setup
  const table = new Map<string, Subscription>()
  let lastName: string | undefined
  let last: Subscription | undefined

  const endLinger = (sub: Subscription): void => {
    sub.cancelLinger?.()
    sub.cancelLinger = undefined
    changed(sub)
  }

  const intents: Intents = {
    use(name) {
      let sub = table.get(name)
      if (!sub) {
        sub = new Subscription(name, setup)
        table.set(name, sub)
        lastName = undefined
      }
      return sub
    },
    find: (name) => table.get(name),
    last(name) {
      if (lastName === name) return last
      lastName = name
      last = table.get(name)
      return last
    },
    all: () => table.values(),
    isWanted: (sub) => sub.holds > 0 || sub.cancelLinger !== undefined,
    hold(name) {
      const sub = intents.use(name)
      sub.release ??= port.hold()
      if (!sub.holds++) endLinger(sub)
      let isHeld = true
      return (now) => {
        if (!isHeld) return
        isHeld = false
        if (--sub.holds) return
        if (now || !lingers()) endLinger(sub)
        else sub.cancelLinger = clock.after(lingerMs, () => endLinger(sub))
      }
    },
    endLinger(name) {
      const sub = table.get(name)
      if (sub) endLinger(sub)
    },
    watch(name) {
      const sub = intents.use(name)
      sub.watchers++
      return () => {
        sub.watchers--
        intents.tidy(sub)
      }
    },
    tidy(sub) {
      if (intents.isWanted(sub) || sub.watchers || sub.wire !== 'out') return
      table.delete(sub.name)
      lastName = undefined
    },
  }
  return intents
}
