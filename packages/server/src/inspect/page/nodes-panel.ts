import type { NodeReport } from '../../cluster.ts'
import type { ClusterState } from '../report.ts'
import { h, panel, setText } from './dom.ts'
import { createRows } from './rows.ts'
import { toCount, toDuration } from './words.ts'

/** The nodes that are one server, and whether they reach what they share. Hidden where a node is alone. */
export function createNodesPanel(): {
  readonly element: HTMLElement
  show(state: ClusterState): void
} {
  const total = h('span', { class: 'count' })
  const chip = h('span', { class: 'chip', role: 'status' })
  const detail = h('p', { class: 'detail', role: 'alert' })
  let now = 0
  let own = ''
  const rows = createRows<NodeReport>({
    label: 'Nodes, this one first',
    columns: ['Node', 'Address', 'State', 'Connections', 'Channels', 'Up for'],
    keyOf: ({ id }) => id,
    makeRow({ id, address }) {
      const [state, connections, channels, since] = [h('span'), h('span'), h('span'), h('span')]
      const name = h('span', { class: 'mono' }, id === own ? `${id} (this one)` : id)
      return {
        cells: [name, h('span', {}, address), state, connections, channels, since],
        fill(report) {
          setText(state, report.isDraining ? 'drains' : 'serves')
          setText(connections, report.connections.toLocaleString('en'))
          setText(channels, report.channels.toLocaleString('en'))
          setText(since, toDuration(now - report.startedAt))
        },
      }
    },
  })
  const element = panel('nodes', 'Nodes', [total, chip], detail, rows.element)
  element.hidden = true

  return {
    element,
    show({ at, node, store, nodes }) {
      now = at
      own = node
      element.hidden = false
      setText(total, toCount(nodes.length, 'node'))
      setText(chip, store.isAway ? 'Redis is away' : 'Redis is there')
      chip.dataset['tone'] = store.isAway ? 'bad' : 'good'
      setText(detail, store.isAway ? `Other nodes cannot be asked. ${store.store}: ${store.reason}` : '')
      rows.show(nodes)
    },
  }
}
