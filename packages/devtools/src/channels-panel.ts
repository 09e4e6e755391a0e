import type { AnyClient, ChannelStatus } from '@org/realtime-core'
import { fold, h, type Panel, setText, setTone, type Tone } from './dom.ts'
import type { ChannelRecord, Recording } from './recording.ts'
import { createRows } from './rows.ts'
import { toCount, toDuration, toTime } from './words.ts'

const MOST = 100

interface ChannelView {
  readonly name: string
  readonly status: ChannelStatus | undefined
  readonly holds: number
  readonly record: ChannelRecord | undefined
}

const tones: Readonly<Record<string, Tone>> = { joined: 'good', joining: 'warn', rejected: 'bad' }

/** Every channel that is in use, or of which the explain log still tells. */
export function createChannelsPanel(client: AnyClient, recording: Recording): Panel {
  const count = h('span')
  const filter = h('input', {
    type: 'search',
    placeholder: 'Filter by name',
    'aria-label': 'Filter channels',
  })
  const empty = h('p', { class: 'empty' })
  const more = h('p', { class: 'soft' })
  let now = 0
  const rows = createRows<ChannelView>(
    'Channels',
    ({ name }) => name,
    (view) => createChannelRow(view, () => now),
  )

  const show = (): void => {
    const views = toViews(client, recording)
    const wanted = views.filter(({ name }) => name.includes(filter.value))
    setText(count, `${views.length || ''}`)
    filter.hidden = views.length < 2
    setText(empty, views.length ? 'No channel has such a name.' : 'No channel is in use.')
    empty.hidden = wanted.length > 0
    setText(more, wanted.length > MOST ? `${toCount(wanted.length - MOST, 'channel')} more` : '')
    rows.show(wanted.slice(0, MOST))
  }
  filter.addEventListener('input', show)

  return {
    element: fold('channels', 'Channels', [filter, empty, rows.element, more], count),
    show(at) {
      now = at
      show()
    },
  }
}

/** Those in use first, each by name. */
function toViews(client: AnyClient, { channels }: Recording): readonly ChannelView[] {
  const views = new Map<string, ChannelView>()
  for (const [name, record] of channels) views.set(name, { name, status: undefined, holds: 0, record })
  for (const { name, status, holds } of client['~env'].all())
    views.set(name, { name, status: status.get(), holds, record: channels.get(name) })
  return [...views.values()].sort(
    (one, other) => Number(other.holds > 0) - Number(one.holds > 0) || (one.name < other.name ? -1 : 1),
  )
}

function createChannelRow({ name }: ChannelView, now: () => number) {
  const state = h('span', { class: 'chip' })
  const holders = h('span', { class: 'soft' })
  const notes = ['why', 'gaps', 'publishes'].map((kind) => h('p', { class: `soft ${kind}` }))
  return {
    children: [h('div', { class: 'bar' }, h('b', { class: 'mono' }, name), state, holders), ...notes],
    fill({ status, holds, record }: ChannelView): void {
      const word = status?.state ?? record?.state ?? 'left'
      setText(state, word)
      setTone(state, tones[word] ?? 'rest')
      setText(holders, holds ? `held by ${holds}` : word === 'left' ? '' : 'lingers')
      const texts = [toWhy(status, record, now()), toGaps(record), toPublishes(record)]
      for (const [index, note] of notes.entries()) setText(note, texts[index] ?? '')
    },
  }
}

function toWhy(status: ChannelStatus | undefined, record: ChannelRecord | undefined, now: number): string {
  if (status?.state === 'rejected') {
    const { error, retryAt } = status
    return error.message + (retryAt === undefined ? '' : `; asks again in ${toDuration(retryAt - now)}`)
  }
  const continuity = status?.state === 'joined' ? `continuity ${status.continuity}` : ''
  return [continuity, record?.cause].filter(Boolean).join(', ')
}

function toGaps(record: ChannelRecord | undefined): string {
  const last = record?.gaps.at(-1)
  if (!record || !last) return ''
  const { gapCount } = record
  return `${toCount(gapCount, 'gap')}, the last at ${toTime(last.at)}: ${last.continuity} (${last.cause})`
}

function toPublishes(record: ChannelRecord | undefined): string {
  const outcomes = [...(record?.publishes ?? [])].map(([outcome, count]) => `${count} ${outcome}`)
  return outcomes.length ? `Publishes: ${outcomes.join(', ')}` : ''
}
