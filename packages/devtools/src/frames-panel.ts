import { button, fold, h, type Panel, setText } from './dom.ts'
import { createFeed } from './feed.ts'
import type { Direction } from './rates.ts'
import { FRAME_LIMIT, type FrameEntry, type Recording } from './recording.ts'
import { createSparkline } from './sparkline.ts'
import { toBytes, toTime } from './words.ts'

const MOST_CHARACTERS = 2000

/** Every frame as its protocol describes it, and how many there are. */
export function createFramesPanel({ frames, rates }: Recording): Panel {
  const filter = h('input', { type: 'search', placeholder: 'Filter by text', 'aria-label': 'Filter frames' })
  const direction = h(
    'select',
    { 'aria-label': 'Direction' },
    h('option', { value: '' }, 'In and out'),
    h('option', { value: 'in' }, 'In'),
    h('option', { value: 'out' }, 'Out'),
  )
  const feed = createFeed<FrameEntry>({
    label: 'Frames, the newest first',
    whenEmpty: 'No frame since this was opened.',
    limit: FRAME_LIMIT,
    toItem: toFrameItem,
  })
  const sides = [createSide('in', 'In'), createSide('out', 'Out')] as const
  const count = h('span')
  /** How many there were when it was paused. */
  let pausedAt: number | undefined

  const fits = (entry: FrameEntry): boolean =>
    (!direction.value || entry.direction === direction.value) &&
    (!filter.value || (entry.text ?? '').toLowerCase().includes(filter.value.toLowerCase()))

  const showFeed = (): void => {
    if (pausedAt === undefined) feed.show(frames, fits)
    const missed = pausedAt === undefined ? 0 : frames.added - pausedAt
    setText(pause, pausedAt === undefined ? 'Pause' : `Go on${missed ? ` (${missed} new)` : ''}`)
    pause.setAttribute('aria-pressed', `${pausedAt !== undefined}`)
  }
  const pause = button('Pause', () => {
    pausedAt = pausedAt === undefined ? frames.added : undefined
    showFeed()
  })
  /** Shows anew what there is, also while it is paused. */
  const renew = (cleared?: number): void => {
    feed.reset(cleared)
    feed.show(frames, fits)
    if (pausedAt !== undefined) pausedAt = frames.added
    showFeed()
  }
  const clear = button('Clear', () => renew(frames.added))
  const whole = button('Whole text', () => {
    const isWhole = feed.element.classList.toggle('whole')
    whole.setAttribute('aria-pressed', `${isWhole}`)
  })
  whole.setAttribute('aria-pressed', 'false')
  filter.addEventListener('input', () => renew())
  direction.addEventListener('change', () => renew())

  return {
    element: fold(
      'frames',
      'Frames',
      [
        h('div', { class: 'sides' }, ...sides.map(({ element }) => element)),
        h('div', { class: 'bar' }, filter, direction, pause, clear, whole),
        feed.element,
      ],
      count,
    ),
    show(now) {
      const past = sides.map(({ name }) => rates.past(name, now))
      const most = Math.max(...past.flatMap((seconds) => seconds.map((second) => second.frames)))
      for (const [index, side] of sides.entries()) side.show(past[index] ?? [], most)
      setText(count, frames.added ? frames.added.toLocaleString('en') : '')
      showFeed()
    },
  }
}

function createSide(name: Direction, title: string) {
  const perSecond = h('b', { class: 'number' }, '0')
  const bytes = h('span', { class: 'soft' })
  const line = createSparkline(`Frames ${name} per second, in the last minute`)
  return {
    name,
    element: h('div', { class: 'side' }, h('p', {}, `${title} `, perSecond, ' per s ', bytes), line.element),
    show(past: ReturnType<Recording['rates']['past']>, most: number): void {
      const last = past.at(-1)
      setText(perSecond, (last?.frames ?? 0).toLocaleString('en'))
      setText(bytes, `${toBytes(last?.bytes ?? 0)}/s`)
      const values = past.map(({ frames }) => frames)
      line.show(values, most)
    },
  }
}

function toFrameItem({ at, direction, bytes, text }: FrameEntry): HTMLLIElement {
  return h(
    'li',
    { 'data-direction': direction },
    h('time', {}, toTime(at)),
    h('b', {}, direction === 'in' ? '↓ in' : '↑ out'),
    h('span', { class: 'soft' }, toBytes(bytes)),
    h('span', { class: 'mono text' }, text === undefined ? 'not described' : text.slice(0, MOST_CHARACTERS)),
  )
}
