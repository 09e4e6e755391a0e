import type { Hello, State } from '../report.ts'
import { h, setText, type Tone } from './dom.ts'
import type { LinkStatus } from './link.ts'
import { toCount, toDuration } from './words.ts'

const words: Readonly<Record<LinkStatus, readonly [text: string, tone: Tone]>> = {
  connecting: ['Connecting', 'warn'],
  live: ['Live', 'good'],
  lost: ['Lost, trying again', 'bad'],
  locked: ['Locked', 'warn'],
  refused: ['Refused', 'bad'],
}

/** The title, how the page stands with the server, and how the server is. */
export function createHeader() {
  const chip = h('span', { class: 'chip', role: 'status' })
  const facts = h('p', { class: 'soft' })
  const detail = h('p', { class: 'detail', role: 'alert' })
  let hello: Hello | undefined

  return {
    element: h('header', {}, h('div', { class: 'bar' }, h('h1', {}, 'Inspector'), chip), facts, detail),
    link(status: LinkStatus, message: string): void {
      const [text, tone] = words[status]
      setText(chip, text)
      chip.dataset['tone'] = tone
      document.documentElement.dataset['link'] = status
      setText(detail, message)
    },
    hello(line: Hello): void {
      hello = line
    },
    show({ at, connectionCount, channelCount, memoryPercent }: State): void {
      const parts = [
        `${hello?.mode ?? ''} mode`,
        `up for ${toDuration(at - (hello?.startedAt ?? at))}`,
        toCount(connectionCount, 'connection'),
        toCount(channelCount, 'channel'),
        `${memoryPercent} % of memory`,
      ]
      setText(facts, parts.join(' · '))
    },
  }
}
