import { type ChannelStatus, type Gap, RealtimeError } from '@org/realtime-core'
import { button, chip, feed, h, panel, type Tone } from './dom.ts'
import type { Gallery } from './gallery.ts'
import { toDuration, toTimeOfDay } from './time.ts'

const LIMIT = 60

/** What a channel delivers, with a mark wherever something may be missing. */
export function createEventsPanel({ desk, clock, stops }: Gallery): HTMLElement {
  const list = feed(
    `Events of ${desk.name}, the newest first`,
    'No events yet. They show up once the channel is joined.',
    LIMIT,
  )
  const state = chip()
  const refusal = h('p')
  const again = button('Ask again', () => desk.retry())
  const rejected = h('div', {}, h('div', { class: 'bar' }, refusal, again))

  const show = (status: ChannelStatus): void => {
    state.show(status.state, tones[status.state])
    rejected.hidden = status.state !== 'rejected'
    if (status.state === 'rejected') refusal.textContent = toRefusal(status.error)
  }

  stops.push(
    desk.status.subscribe(show),
    desk.onAny(({ event, payload, meta }) => {
      const text = event === 'Booked' ? `${payload.guest} took ${payload.seat}` : payload.text
      const time = h('time', {}, toTimeOfDay(clock.date()))
      const offset = h('span', { class: 'mono soft' }, `#${meta.offset ?? '?'}`)
      list.add(h('li', {}, time, h('b', {}, event), text, offset))
    }),
    desk.onGap((gap) => list.add(toMark(gap, clock.date())), { complete: true }),
  )
  show(desk.status.get())
  return panel('events', 'Events', [h('code', {}, desk.name), state.element], rejected, list.element)
}

const tones: Readonly<Record<ChannelStatus['state'], Tone>> = {
  left: 'rest',
  joining: 'warn',
  joined: 'good',
  rejected: 'bad',
}

function toRefusal(error: RealtimeError): string {
  const code = RealtimeError.is(error, 'channel.rejected') ? error.details.code : undefined
  return `The server does not let us in: ${code ?? error.code}.`
}

function toMark({ continuity, cause, since }: Gap, now: number): HTMLLIElement {
  const length = toDuration(now - since)
  const text =
    cause === 'hole'
      ? 'A hole: at least one event never came.'
      : continuity === 'complete'
        ? `Away for ${length}. Nothing was missed.`
        : `Away for ${length}. Something may be missing: fetch again.`
  return h('li', { class: 'mark', 'data-tone': continuity === 'complete' ? 'good' : 'warn' }, text)
}
