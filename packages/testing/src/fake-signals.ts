import type { Signal, Signals } from '@org/realtime-core/kit'

/** The surroundings of a page, in the hands of a test. */
export interface FakeSignals extends Signals {
  emit(signal: Signal): void
  online(): void
  offline(): void
  /** Nobody looks at the page any more. */
  hide(): void
  show(): void
  freeze(): void
  resume(): void
  pagehide(): void
  pageshow(): void
  /** The machine woke up. Move the clock yourself: `clock.jumpDate` or `clock.sleep`. */
  wake(): void
  /** How many listen at the moment. */
  readonly listeners: number
}

/** Signals that come when told to. Every signal reaches the listeners at once. */
export function createFakeSignals(): FakeSignals {
  const listeners = new Set<(signal: Signal) => void>()
  let isHidden = false
  const emit = (signal: Signal): void => {
    if (signal === 'hidden' || signal === 'visible') isHidden = signal === 'hidden'
    for (const listener of [...listeners]) if (listeners.has(listener)) listener(signal)
  }
  return {
    hidden: () => isHidden,
    subscribe(listener) {
      // Each subscription is its own, also of the same function.
      const own = (signal: Signal): void => listener(signal)
      listeners.add(own)
      return () => listeners.delete(own)
    },
    emit,
    online: () => emit('online'),
    offline: () => emit('offline'),
    hide: () => emit('hidden'),
    show: () => emit('visible'),
    freeze: () => emit('freeze'),
    resume: () => emit('resume'),
    pagehide: () => emit('pagehide'),
    pageshow: () => emit('pageshow'),
    wake: () => emit('wake'),
    get listeners() {
      return listeners.size
    },
  }
}
