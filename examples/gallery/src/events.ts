import { button, chip, feed, h } from '@org/example-look/dom'
import { channelTones } from '@org/example-look/status'
import type { Channel, ChannelStatus, Gap } from '@org/realtime-core'
import type { StrictCapabilities, StrictMeta } from '@org/realtime-raw-ws'
import type { channels } from './channels.ts'

export type Desk = Channel<typeof channels, 'desk.{id}', StrictCapabilities, StrictMeta>

const LIMIT = 60

/** What a channel delivers, with a mark wherever something may be missing, and who is there. */
export function createEvents(desk: Desk): HTMLElement {
  const list = feed('Events, the newest first', 'No events yet.', LIMIT)
  const state = chip()
  const here = h('p', { class: 'soft' })
  const refusal = h(
    'p',
    { class: 'soft refusal' },
    'The server refuses this channel. Ask again once it lets you in.',
  )
  const again = button('Ask again', () => desk.retry())

  const show = (status: ChannelStatus): void => {
    state.show(status.state, channelTones[status.state])
    refusal.hidden = again.hidden = status.state !== 'rejected'
  }
  desk.status.subscribe(show)
  show(desk.status.get())
  desk.members.subscribe(({ list, me }) => {
    const names = list.map((member) => (member === me ? 'you' : member.id))
    here.textContent = names.length > 0 ? `Here: ${names.join(', ')}.` : 'Nobody that we know of.'
  })
  desk.onAny(({ event, payload, meta }) => {
    const text = event === 'Booked' ? `${payload.guest} took ${payload.seat}` : payload.text
    list.add(h('li', {}, h('b', {}, event), ` ${text} `, h('span', { class: 'soft' }, `#${meta.offset}`)))
  })
  desk.onGap((gap) => list.add(toMark(gap)), { complete: true })
  return h(
    'section',
    { class: 'card events' },
    h(
      'div',
      { class: 'row between' },
      h('h2', {}, desk.name),
      h('span', { class: 'row' }, again, state.element),
    ),
    refusal,
    here,
    list.element,
  )
}

function toMark({ continuity, cause }: Gap): HTMLLIElement {
  const isComplete = continuity === 'complete'
  const back = isComplete ? 'Back. Nothing was missed.' : 'Back. Something may be missing: fetch again.'
  const words = cause === 'hole' ? 'A hole: at least one event never came.' : back
  return h('li', { class: 'mark', 'data-tone': isComplete ? 'good' : 'warn' }, words)
}
