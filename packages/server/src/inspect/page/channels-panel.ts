import type { ChannelReport, State } from '../report.ts'
import type { Api } from './api.ts'
import { button, h, panel, setText } from './dom.ts'
import { createRows } from './rows.ts'
import { toCount } from './words.ts'

export interface ChannelsNeeds {
  readonly api: Api
  readonly payloads: () => boolean
  readonly pick: (name: string) => void
}

/** Which channels somebody has joined, and who is in them. */
export function createChannelsPanel({ api, payloads, pick }: ChannelsNeeds): {
  readonly element: HTMLElement
  show(state: State): void
} {
  const total = h('span', { class: 'count' })
  const empty = h('p', { class: 'empty' }, 'No channel is joined.')
  const more = h('p', { class: 'soft', hidden: true })

  const showMembers = async (name: string, out: HTMLElement): Promise<void> => {
    try {
      const { members, memberCount } = await api.members(name, payloads())
      const names = members.map(({ id, info }) => (info === undefined ? id : `${id} ${JSON.stringify(info)}`))
      const hidden = memberCount - members.length
      setText(
        out,
        memberCount === 0 ? 'no members' : names.join(', ') + (hidden > 0 ? ` and ${hidden} more` : ''),
      )
    } catch (error) {
      setText(out, error instanceof Error ? error.message : `${error}`)
    }
  }

  const rows = createRows<ChannelReport>({
    label: 'Channels, the largest first',
    columns: ['Channel', 'Endpoint', 'Subscribers', 'Members'],
    keyOf: ({ endpoint, name }) => `${endpoint} ${name}`,
    makeRow({ endpoint, name }) {
      const subscribers = h('span')
      const members = h('span', { 'aria-live': 'polite' })
      const look = button('Show', () => void showMembers(name, members), {
        'aria-label': `Members of ${name}`,
      })
      return {
        cells: [
          button(name, () => pick(name), { class: 'plain mono', title: 'Show its frames alone' }),
          h('span', {}, endpoint),
          subscribers,
          h('span', { class: 'members' }, look, members),
        ],
        fill: (report) => setText(subscribers, report.subscribers.toLocaleString('en')),
      }
    },
  })
  rows.element.hidden = true

  return {
    element: panel('channels', 'Channels', [total], empty, rows.element, more),
    show({ channels, channelCount }) {
      setText(total, channelCount.toLocaleString('en'))
      empty.hidden = channels.length > 0
      rows.element.hidden = channels.length === 0
      rows.show(channels)
      const hidden = channelCount - channels.length
      more.hidden = hidden === 0
      setText(more, `${toCount(hidden, 'smaller one')} not shown`)
    },
  }
}
