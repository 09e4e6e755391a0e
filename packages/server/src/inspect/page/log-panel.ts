import { button, h, panel, setText } from './dom.ts'
import { type LogLine, toItem, toSearchText } from './log-line.ts'
import { toCount } from './words.ts'

const MOST_KEPT = 1000
const MOST_SHOWN = 300

export interface LogPanel {
  readonly element: HTMLElement
  add(lines: readonly LogLine[]): void
  /** Shows those lines alone. */
  filterBy(text: string): void
}

/** What happens, as it happens, the newest first. */
export function createLogPanel(payloadsSwitch: HTMLInputElement): LogPanel {
  let kept: LogLine[] = []
  let missed = 0
  let isPaused = false
  const list = h('ol', { class: 'feed', 'aria-label': 'Frames and events, the newest first', tabindex: '0' })
  const empty = h('p', { class: 'empty' })
  const filter = h('input', {
    type: 'search',
    placeholder: 'Filter: pub room.1 in',
    'aria-label': 'Filter by words',
  })
  const news = h('span', { class: 'soft', role: 'status' })

  const matches = (line: LogLine): boolean => {
    const text = toSearchText(line)
    return filter.value
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  }

  const tell = (): void => {
    const isFiltered = filter.value.trim() !== ''
    list.hidden = list.childElementCount === 0
    empty.hidden = !list.hidden
    setText(
      empty,
      isFiltered && kept.length > 0
        ? 'Nothing fits the filter.'
        : 'Nothing has happened since this page was opened.',
    )
    setText(news, isPaused ? `Paused${missed > 0 ? `, ${toCount(missed, 'newer line')}` : ''}` : '')
  }

  const draw = (): void => {
    list.replaceChildren(...kept.filter(matches).slice(-MOST_SHOWN).reverse().map(toItem))
    tell()
  }

  const add = (lines: readonly LogLine[]): void => {
    kept.push(...lines)
    if (kept.length > MOST_KEPT) kept = kept.slice(-MOST_KEPT)
    if (isPaused) missed += lines.length
    else {
      list.prepend(...lines.filter(matches).slice(-MOST_SHOWN).reverse().map(toItem))
      while (list.childElementCount > MOST_SHOWN) list.lastElementChild?.remove()
    }
    tell()
  }

  const pause = button(
    'Pause',
    () => {
      isPaused = !isPaused
      missed = 0
      pause.setAttribute('aria-pressed', `${isPaused}`)
      if (!isPaused) draw()
      tell()
    },
    { 'aria-pressed': 'false' },
  )
  const clear = button('Clear', () => {
    kept = []
    draw()
  })
  filter.addEventListener('input', draw)
  const payloads = h('label', { class: 'bar' }, payloadsSwitch, 'Payloads')
  tell()

  return {
    element: panel('log', 'Frames', [filter, pause, clear, payloads, news], empty, list),
    add,
    filterBy(text) {
      filter.value = filter.value === text ? '' : text
      draw()
      list.scrollIntoView({ block: 'nearest' })
    },
  }
}
