import { button, h, panel } from './dom.ts'
import type { Fault, FaultGroup } from './faults.ts'

/** A button for each fault. One that stays shows that it is on, and all of them can be undone at once. */
export function createFaultsPanel(groups: readonly FaultGroup[]): HTMLElement {
  const active = new Map<HTMLButtonElement, () => void>()

  const undo = button('Undo all', () => {
    const [first] = active.keys()
    for (const end of [...active.values()]) end()
    first?.focus()
  })

  /** Keeps its place while there is nothing to undo. */
  const showUndo = (): void => {
    undo.style.visibility = active.size ? 'visible' : 'hidden'
    undo.textContent = `Undo all (${active.size})`
  }

  const switchOf = (fault: Fault & { kind: 'switch' }): HTMLButtonElement => {
    const end = (): void => {
      fault.set(false)
      active.delete(element)
      element.setAttribute('aria-pressed', 'false')
      delete element.dataset['tone']
      showUndo()
    }
    const element = button(
      fault.label,
      () => {
        if (active.has(element)) return end()
        fault.set(true)
        active.set(element, end)
        element.setAttribute('aria-pressed', 'true')
        element.dataset['tone'] = 'warn'
        showUndo()
      },
      { 'aria-pressed': 'false' },
    )
    return element
  }

  const row = (fault: Fault): HTMLElement => {
    const element = fault.kind === 'once' ? button(fault.label, () => fault.run()) : switchOf(fault)
    const hint = h('p', { id: `hint-${fault.id}`, class: 'hint' }, fault.hint)
    element.dataset['fault'] = fault.id
    element.setAttribute('aria-describedby', hint.id)
    return h('li', {}, element, hint)
  }

  showUndo()
  const lists = groups.map(({ title, faults }) => {
    const heading = h('h3', { id: `faults-${title}` }, title)
    return h('div', {}, heading, h('ul', { 'aria-labelledby': heading.id }, ...faults.map(row)))
  })
  return panel('faults', 'Break it', [undo], h('div', { class: 'groups' }, ...lists))
}
