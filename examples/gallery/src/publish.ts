import { chip, feed, h } from '@org/example-look/dom'
import { RealtimeError } from '@org/realtime-core'
import type { Desk } from './events.ts'

const LIMIT = 20
const ANSWER_MS = 8000
const DELIVERIES = ['at-least-once', 'at-most-once', 'volatile'] as const

/** Sends notes, and tells of each what became of it. */
export function createPublish(desk: Desk): HTMLElement {
  const receipts = feed('Receipts, the newest first', 'Nothing published yet.', LIMIT)
  const text = h('input', { 'aria-label': 'Note', value: 'Hello', maxlength: '80', required: true })
  const choice = h('select', { 'aria-label': 'Delivery' }, ...DELIVERIES.map((name) => h('option', {}, name)))
  const form = h('form', { class: 'row' }, text, choice, h('button', { class: 'primary' }, 'Publish'))

  form.addEventListener('submit', async (submitted) => {
    submitted.preventDefault()
    const delivery = DELIVERIES[choice.selectedIndex] ?? 'volatile'
    const mark = chip()
    mark.show('waiting', 'rest')
    receipts.add(h('li', { class: 'row' }, h('b', {}, text.value), mark.element, delivery))
    const options = delivery === 'at-least-once' ? { delivery, ttlMs: ANSWER_MS } : { delivery }
    try {
      const receipt = await desk.publish('Note', { text: text.value }, options)
      if (receipt.outcome === 'dropped') mark.show(`dropped: ${receipt.error.details.reason}`, 'bad')
      else mark.show(receipt.outcome, receipt.outcome === 'unknown' ? 'warn' : 'good')
    } catch (error) {
      mark.show(RealtimeError.is(error) ? error.code : `${error}`, 'bad')
    }
  })
  return h('section', { class: 'card publish' }, h('h2', {}, 'Publish'), form, receipts.element)
}
