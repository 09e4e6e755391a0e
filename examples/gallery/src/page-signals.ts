import { browserSignals, type Clock, type Signal, type Signals } from '@org/realtime-core/kit'

/** What page and machine tell, and what buttons make up besides. */
export interface PageSignals extends Signals {
  /** As if nobody looked at the page. */
  hide(on: boolean): void
  /** As if the machine said that it has no network. */
  offline(on: boolean): void
}

export function createPageSignals(clock: Clock): PageSignals {
  const real = browserSignals(clock)
  const listeners = new Set<(signal: Signal) => void>()
  let isHidden = false
  const tell = (signal: Signal): void => {
    for (const listener of [...listeners]) listener(signal)
  }
  return {
    hidden: () => isHidden || real.hidden(),
    subscribe(listener) {
      const stop = real.subscribe(listener)
      listeners.add(listener)
      return () => {
        stop()
        listeners.delete(listener)
      }
    },
    hide(on) {
      isHidden = on
      tell(on ? 'hidden' : 'visible')
    },
    offline: (on) => tell(on ? 'offline' : 'online'),
  }
}
