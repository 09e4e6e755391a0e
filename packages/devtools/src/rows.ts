import { h } from './dom.ts'

/** A list whose items stay the same elements while what they show stays. */
export interface Rows<T> {
  readonly element: HTMLUListElement
  show(items: readonly T[]): void
}

/** `make` returns what an item consists of, and what fills it. */
export function createRows<T>(
  label: string,
  keyOf: (item: T) => string,
  make: (item: T) => { readonly children: readonly Node[]; fill(item: T): void },
): Rows<T> {
  const element = h('ul', { 'aria-label': label })
  const known = new Map<string, { readonly row: HTMLLIElement; fill(item: T): void }>()

  const create = (item: T): { readonly row: HTMLLIElement; fill(item: T): void } => {
    const { children, fill } = make(item)
    return { row: h('li', {}, ...children), fill }
  }

  return {
    element,
    show(items) {
      const keys = new Set(items.map(keyOf))
      for (const [key, { row }] of known)
        if (!keys.has(key)) {
          row.remove()
          known.delete(key)
        }
      for (const [index, item] of items.entries()) {
        const key = keyOf(item)
        const found = known.get(key) ?? create(item)
        known.set(key, found)
        found.fill(item)
        if (element.children[index] !== found.row)
          element.insertBefore(found.row, element.children[index] ?? null)
      }
    },
  }
}
