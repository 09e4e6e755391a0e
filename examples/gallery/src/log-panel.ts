import type { TraceEntry } from '@org/realtime-core'
import { feed, h, panel } from './dom.ts'
import type { Gallery } from './gallery.ts'
import { toLogLine } from './log-words.ts'
import { toTimeOfDay } from './time.ts'

const LIMIT = 200

/** The explain log of the client: why it did what it did. */
export function createLogPanel({ client, stops }: Gallery): HTMLElement {
  const list = feed('Explain log, the newest first', 'Nothing has happened yet.', LIMIT)
  const frames = h('input', { type: 'checkbox' })
  const show = (entry: TraceEntry): void => {
    if (entry.type === 'frame' && !frames.checked) return
    const { kind, text, tone } = toLogLine(entry)
    const time = h('time', {}, toTimeOfDay(entry.at))
    const sentence = h('span', { class: 'mono' }, text)
    list.add(h('li', { 'data-tone': tone }, time, h('b', {}, kind), sentence))
  }
  for (const entry of client.trace.entries()) show(entry)
  stops.push(client.trace.subscribe(show))
  const label = h('label', { class: 'bar' }, frames, 'frames')
  return panel('log', 'Why it did that', [label], list.element)
}
