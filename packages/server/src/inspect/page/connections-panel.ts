import type { ConnectionReport, State } from '../report.ts'
import { button, h, panel, setText } from './dom.ts'
import { createRows } from './rows.ts'
import { toBytes, toCount, toDuration } from './words.ts'

/** Who is connected; a press on one shows its frames alone. */
export function createConnectionsPanel(pick: (id: string) => void): {
  readonly element: HTMLElement
  show(state: State): void
} {
  const total = h('span', { class: 'count' })
  const empty = h('p', { class: 'empty' }, 'Nobody is connected. Clients show up here as soon as they are.')
  const more = h('p', { class: 'soft', hidden: true })
  let now = 0
  const rows = createRows<ConnectionReport>({
    label: 'Connections, the newest first',
    columns: ['Connection', 'Endpoint', 'Client', 'Channels', 'In / out', 'Up for'],
    keyOf: ({ id }) => id,
    makeRow({ id, endpoint }) {
      const name = button(id, () => pick(id), { class: 'plain mono', title: 'Show its frames alone' })
      const [client, channels] = [h('span'), h('span')]
      const [frames, since] = [h('span', { class: 'fixed' }), h('span', { class: 'fixed' })]
      return {
        cells: [name, h('span', {}, endpoint), client, channels, frames, since],
        fill(report) {
          setText(client, toClient(report))
          setText(channels, toChannels(report))
          setText(frames, toTraffic(report))
          setText(since, toDuration(now - report.since))
        },
      }
    },
  })
  rows.element.hidden = true

  return {
    element: panel('connections', 'Connections', [total], empty, rows.element, more),
    show({ at, connections, connectionCount }) {
      now = at
      setText(total, `${connectionCount.toLocaleString('en')}`)
      empty.hidden = connections.length > 0
      rows.element.hidden = connections.length === 0
      rows.show(connections)
      const hidden = connectionCount - connections.length
      more.hidden = hidden === 0
      setText(more, `${toCount(hidden, 'older one')} not shown`)
    },
  }
}

function toClient({ client, user, address }: ConnectionReport): string {
  const who =
    user !== undefined && user !== client ? `${user} (${client ?? 'no id yet'})` : (client ?? 'no id yet')
  return `${who} from ${address}`
}

function toChannels({ channels, channelCount }: ConnectionReport): string {
  const hidden = channelCount - channels.length
  if (channelCount === 0) return 'none'
  return channels.join(', ') + (hidden > 0 ? ` and ${hidden} more` : '')
}

function toTraffic({ framesIn, framesOut, bufferedBytes }: ConnectionReport): string {
  const waiting = bufferedBytes > 0 ? `, ${toBytes(bufferedBytes)} wait` : ''
  return `${framesIn.toLocaleString('en')} / ${framesOut.toLocaleString('en')}${waiting}`
}
