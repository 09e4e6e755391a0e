import type { Control } from '@org/example-backend/control'
import { button, h } from '@org/example-gallery/dom'
import { type Fault, faults } from './faults.ts'

/** A button for each fault; one that holds shows that it does. */
export function createFaultsPanel(control: Control): HTMLElement {
  const said = h('p', { role: 'status', class: 'soft' })
  const rows = faults.map((fault) =>
    h('div', {}, toButton(control, fault, said), h('p', { class: 'soft' }, fault.hint)),
  )
  return h('section', { class: 'card' }, h('h2', {}, 'Break the line'), ...rows, said)
}

function toButton(control: Control, { label, once, held }: Fault, said: HTMLElement): HTMLButtonElement {
  let release: (() => Promise<void>) | undefined
  const press = async (): Promise<void> => {
    element.disabled = true
    try {
      if (release) {
        await release()
        release = undefined
      } else {
        if (held) release = await control.add(held)
        if (once) await control.add(once)
      }
      said.textContent = held ? `${label}: ${release ? 'on' : 'off'}` : `${label}: done`
    } catch (error) {
      said.textContent = error instanceof Error ? error.message : `${error}`
    }
    element.disabled = false
    if (held) element.setAttribute('aria-pressed', `${release !== undefined}`)
  }
  const element = button(label, press, held ? { 'aria-pressed': 'false' } : {})
  return element
}
