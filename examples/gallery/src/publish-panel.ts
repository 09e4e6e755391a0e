import { RealtimeError } from '@org/realtime-core'
import { chip, feed, h, panel } from './dom.ts'
import type { Gallery } from './gallery.ts'
import { toTimeOfDay } from './time.ts'
import { type Outcome, toOutcome } from './words.ts'

const LIMIT = 20
const ANSWER_MS = 8000

const deliveries = {
  'at-least-once': 'Sent again until the server acknowledges it, here for at most 8 s.',
  'at-most-once': 'Waits up to 8 s for a connection, and is sent once.',
  volatile: 'Sent now, or dropped.',
} as const

type Choice = keyof typeof deliveries

/** Sends notes, and tells of each what became of it. */
export function createPublishPanel({ desk, clock }: Gallery): HTMLElement {
  const receipts = feed('Receipts, the newest first', 'Nothing published yet.', LIMIT)
  const text = h('input', {
    id: 'note',
    name: 'note',
    value: 'Hello',
    maxlength: '80',
    required: true,
    autocomplete: 'off',
  })
  const choice = h(
    'select',
    { id: 'delivery', name: 'delivery' },
    ...Object.keys(deliveries).map((value) => h('option', { value }, value)),
  )
  const explanation = h('p', { id: 'delivery-hint', class: 'hint' })
  let count = 0

  const publish = (): void => {
    const delivery = choice.value as Choice
    const mark = chip()
    const meaning = h('p', { class: 'hint' })
    const show = (outcome: Outcome): void => {
      mark.show(outcome.mark, outcome.tone)
      meaning.textContent = `${delivery}. ${outcome.meaning}`
    }
    show({ mark: 'waiting', tone: 'rest', meaning: 'Not settled yet.' })
    const time = h('time', {}, toTimeOfDay(clock.date()))
    receipts.add(h('li', {}, time, h('b', {}, text.value), h('span'), mark.element, meaning))
    const options = delivery === 'at-least-once' ? { delivery, ttlMs: ANSWER_MS } : { delivery }
    desk.publish('Note', { text: text.value }, options).then(
      (receipt) => show(toOutcome(receipt)),
      (error) =>
        show({ mark: 'refused', tone: 'bad', meaning: `${RealtimeError.is(error) ? error.code : error}.` }),
    )
    text.value = `Hello ${++count + 1}`
  }

  const form = h(
    'form',
    {},
    h('label', {}, 'Note', text),
    h('label', {}, 'Delivery', choice),
    explanation,
    h('div', {}, h('button', { class: 'primary' }, 'Publish')),
  )
  const explain = (): void => {
    explanation.textContent = deliveries[choice.value as Choice]
  }
  choice.setAttribute('aria-describedby', explanation.id)
  choice.addEventListener('change', explain)
  explain()
  form.addEventListener('submit', (submit) => {
    submit.preventDefault()
    publish()
  })
  return panel('publish', 'Publish', [], form, receipts.element)
}
