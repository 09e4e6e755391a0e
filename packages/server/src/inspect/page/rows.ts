import { h } from './dom.ts'

/** The rows of a table, which stay the same elements while what they show stays, so that focus stays too. */
export interface Rows<T> {
  readonly element: HTMLElement
  show(items: readonly T[]): void
}

export interface RowsOptions<T> {
  readonly label: string
  readonly columns: readonly string[]
  readonly keyOf: (item: T) => string
  /** Makes the cells of a row once, and returns what fills them. */
  readonly makeRow: (item: T) => { readonly cells: readonly Node[]; fill(item: T): void }
}

export function createRows<T>({ label, columns, keyOf, makeRow }: RowsOptions<T>): Rows<T> {
  const body = h('tbody')
  const head = h('tr', {}, ...columns.map((column) => h('th', { scope: 'col' }, column)))
  const table = h('table', { 'aria-label': label }, h('thead', {}, head), body)
  const known = new Map<string, { readonly row: HTMLTableRowElement; fill(item: T): void }>()

  const create = (item: T): { readonly row: HTMLTableRowElement; fill(item: T): void } => {
    const { cells, fill } = makeRow(item)
    const row = h(
      'tr',
      {},
      ...cells.map((cell, index) => h('td', { 'data-label': columns[index] ?? '' }, cell)),
    )
    return { row, fill }
  }

  return {
    element: h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, table),
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
        if (body.children[index] !== found.row) body.insertBefore(found.row, body.children[index] ?? null)
      }
    },
  }
}
