import { createListeners, type Report } from './listeners.ts'

/** An observable value with a stable snapshot: React, Vue and plain code bind it the same way. */
export interface Store<T> {
  get(): T
  /** Calls the listener after every change; returns its removal. */
  subscribe(listener: (value: T) => void): () => void
}

export interface WritableStore<T> extends Store<T> {
  set(value: T): void
}

/** A value set from inside a listener is told after the current one, so all listeners see one order. */
export function createStore<T>(value: T, report: Report): WritableStore<T> {
  const listeners = createListeners<[T]>(report)
  const untold: T[] = []
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      if (untold.push(next) > 1) return
      while (untold.length) {
        listeners.emit(untold[0] as T)
        untold.shift()
      }
    },
    subscribe: listeners.add,
  }
}
