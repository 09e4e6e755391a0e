import { h } from './dom.ts'
import type { Bounded } from './recording.ts'

export interface FeedOptions<T> {
  readonly label: string
  readonly whenEmpty: string
  /** How many are shown at most. */
  readonly limit: number
  readonly toItem: (entry: T) => HTMLLIElement
}

/** A list, the newest first, that makes an element once for each entry. */
export interface Feed<T> {
  readonly element: HTMLElement
  /** Adds what has come since it was shown last, as far as `fits`. */
  show(entries: Bounded<T>, fits?: (entry: T) => boolean): void
  /** Starts anew with the next `show`: with what comes after so many were added. */
  reset(added?: number): void
}

export function createFeed<T>({ label, whenEmpty, limit, toItem }: FeedOptions<T>): Feed<T> {
  const list = h('ol', { class: 'feed', 'aria-label': label, tabindex: '0' })
  const empty = h('p', { class: 'empty' }, whenEmpty)
  let shown = 0
  /** What is not shown again: it was cleared. */
  let start = 0

  return {
    element: h('div', {}, empty, list),
    show(entries, fits = () => true) {
      const fresh = entries.since(Math.max(shown, start)).filter(fits)
      shown = entries.added
      if (fresh.length) list.prepend(...fresh.map(toItem).reverse())
      while (list.childElementCount > limit) list.lastElementChild?.remove()
      list.hidden = !list.childElementCount
      empty.hidden = !list.hidden
    },
    reset(added = start) {
      start = added
      shown = 0
      list.replaceChildren()
    },
  }
}
