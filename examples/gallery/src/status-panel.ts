import type { Status, StatusSnapshot } from '@org/realtime-core'
import type { Clock } from '@org/realtime-core/kit'
import { button, h, panel, setText, type Tone } from './dom.ts'
import type { Gallery } from './gallery.ts'
import { repeat, toDuration } from './time.ts'
import { createWire } from './wire.ts'
import { toStatusWords } from './words.ts'

const FRAME_MS = 100

const tones: Readonly<Record<Status, Tone>> = {
  idle: 'rest',
  connecting: 'warn',
  connected: 'good',
  reconnecting: 'warn',
  paused: 'rest',
  closed: 'rest',
  failed: 'bad',
}

/** The words, the countdown, the numbers, and what a user can do; `glance` is for small screens. */
export function createStatusPanel({ client, clock, stops }: Gallery): {
  readonly element: HTMLElement
  readonly glance: HTMLElement
} {
  const headline = h('p', { class: 'headline', role: 'status' })
  const detail = h('p')
  const glance = h('p', { class: 'glance', 'aria-hidden': 'true' })
  const wire = createWire()
  const facts = createFacts()
  let isPaused = false

  const connect = button('Connect', () => void client.connect().catch(() => {}), { class: 'primary' })
  const tryNow = button('Check now', () => client.reconnectNow(), { class: 'primary' })
  const pause = button('Pause', () => {
    isPaused = !isPaused
    if (isPaused) client.pause()
    else client.resume()
    show()
  })
  const close = button('Close', () => void client.close({ drainMs: 1000 }))

  const element = panel(
    'status',
    'Connection',
    [],
    h('div', { class: 'now' }, wire.element, headline, detail),
    facts.element,
    h('div', { class: 'bar' }, connect, tryNow, pause, close),
  )

  const show = (): void => {
    const snapshot = client.status.get()
    const { status, health } = snapshot
    const words = toStatusWords(snapshot)
    const isOver = status === 'closed' || status === 'failed' || status === 'idle'
    const tone = health === 'suspect' ? 'warn' : tones[status]
    element.dataset['status'] = status
    element.dataset['tone'] = tone
    glance.dataset['tone'] = tone
    setText(headline, words.headline)
    setText(detail, words.detail)
    setText(tryNow, status === 'connected' ? 'Check now' : 'Try now')
    setText(pause, isPaused ? 'Resume' : 'Pause')
    connect.hidden = !isOver
    tryNow.hidden = isOver || status === 'paused'
    pause.hidden = isOver && !isPaused
    close.hidden = isOver
    tick()
  }

  const tick = (): void => {
    const snapshot = client.status.get()
    const next = toNextTry(snapshot, clock)
    setText(glance, [toStatusWords(snapshot).headline, next].filter(Boolean).join(', next try '))
    facts.show(snapshot, clock)
    wire.show(snapshot, clock)
  }

  stops.push(client.status.subscribe(show), repeat(clock, FRAME_MS, tick))
  show()
  return { element, glance }
}

function toNextTry({ nextRetryAt }: StatusSnapshot, clock: Clock): string {
  return nextRetryAt === undefined ? '' : `in ${toDuration(nextRetryAt - clock.date())}`
}

function createFacts(): {
  readonly element: HTMLElement
  show(snapshot: StatusSnapshot, clock: Clock): void
} {
  const names = ['Next try', 'Failures', 'Since', 'Health', 'Round trip'] as const
  const values = names.map(() => h('dd'))
  const rows = names.map((name, index) => h('div', {}, h('dt', {}, name), values[index] ?? ''))
  return {
    element: h('dl', { class: 'facts' }, ...rows),
    show(snapshot, clock) {
      const { status, attempt, health, rttMs, since } = snapshot
      const texts = [
        toNextTry(snapshot, clock) || '–',
        attempt ? `${attempt} in a row` : 'none',
        `${toDuration(clock.date() - since)} ago`,
        status === 'connected' ? health : '–',
        rttMs === undefined ? 'unmeasured' : `${Math.round(rttMs)} ms`,
      ]
      for (const [index, value] of values.entries()) setText(value, texts[index] ?? '')
    },
  }
}
