import type { State } from '../report.ts'
import { h } from './dom.ts'
import type { Target } from './fault-list.ts'

const EVERYTHING = 'everything'
const MOST = 50

/** What a fault is to strike: all, or one of what is there. */
export function createTargetSelect(change: () => void): {
  readonly element: HTMLElement
  get(): Target
  show(state: State): void
} {
  const select = h('select', {}, h('option', { value: EVERYTHING }, 'everything'))
  select.addEventListener('change', change)
  let shown = ''

  return {
    element: h('label', { class: 'bar' }, 'Strike', select),
    get() {
      const [kind = EVERYTHING, ...rest] = select.value.split(' ')
      return kind === EVERYTHING
        ? { kind: EVERYTHING }
        : { kind: kind as 'endpoint' | 'connection' | 'channel', name: rest.join(' ') }
    },
    show({ connections, channels }) {
      const endpoints = [...new Set(connections.map(({ endpoint }) => endpoint))]
      const groups = {
        endpoint: endpoints,
        channel: [...new Set(channels.map(({ name }) => name))].slice(0, MOST),
        connection: connections.map(({ id }) => id).slice(0, MOST),
      }
      const text = JSON.stringify(groups)
      // An open list would close under the hands of who chooses.
      if (text === shown || document.activeElement === select) return
      shown = text
      const { value } = select
      const options = Object.entries(groups).flatMap(([kind, names]) =>
        names.map((name) => h('option', { value: `${kind} ${name}` }, `${kind} ${name}`)),
      )
      const gone = [EVERYTHING, ...options.map((option) => option.value)].includes(value)
        ? []
        : [h('option', { value }, `${value} (gone)`)]
      select.replaceChildren(h('option', { value: EVERYTHING }, 'everything'), ...options, ...gone)
      select.value = value
    },
  }
}
