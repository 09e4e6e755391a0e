import { button, chip, h, panel } from './dom.ts'
import type { Fault, FaultGroup } from './faults.ts'

/** A button for each fault. One that stays shows that it is on, and all of them can be undone at once. */
export function createFaultsPanel(groups: readonly FaultGroup[]): {
  readonly element: HTMLElement
  undo(): Promise<void>
} {
  const active = new Map<HTMLButtonElement, () => Promise<void>>()
  const trouble = chip()

  const undo = async (): Promise<void> => {
    const [first] = active.keys()
    const ends = [...active.values()].map((end) => end())
    first?.focus()
    await Promise.all(ends)
  }
  const undoAll = button('Undo all', () => void undo())

  /** Keeps its place while there is nothing to undo. */
  const showUndo = (): void => {
    undoAll.style.visibility = active.size ? 'visible' : 'hidden'
    undoAll.textContent = `Undo all (${active.size})`
  }

  /** Until the server has taken it, the button takes no other press. */
  const during = async (element: HTMLButtonElement, done: Promise<unknown>): Promise<void> => {
    element.setAttribute('aria-busy', 'true')
    trouble.element.hidden = true
    try {
      await done
    } catch (error) {
      trouble.element.hidden = false
      trouble.show(`Not done: ${(error as Error).message}`, 'bad')
    }
    element.removeAttribute('aria-busy')
  }

  const onceOf = (fault: Fault & { kind: 'once' }): HTMLButtonElement => {
    const element = button(fault.label, () => {
      if (!element.ariaBusy) void during(element, fault.run())
    })
    return element
  }

  const switchOf = (fault: Fault & { kind: 'switch' }): HTMLButtonElement => {
    const end = (): Promise<void> => {
      active.delete(element)
      element.setAttribute('aria-pressed', 'false')
      delete element.dataset['tone']
      showUndo()
      return during(element, fault.set(false))
    }
    const element = button(
      fault.label,
      () => {
        if (element.ariaBusy) return
        if (active.has(element)) return void end()
        active.set(element, end)
        element.setAttribute('aria-pressed', 'true')
        element.dataset['tone'] = 'warn'
        showUndo()
        void during(element, fault.set(true))
      },
      { 'aria-pressed': 'false' },
    )
    return element
  }

  const row = (fault: Fault): HTMLElement => {
    const element = fault.kind === 'once' ? onceOf(fault) : switchOf(fault)
    const hint = h('p', { id: `hint-${fault.id}`, class: 'hint' }, fault.hint)
    element.dataset['fault'] = fault.id
    element.setAttribute('aria-describedby', hint.id)
    return h('li', {}, element, hint)
  }

  showUndo()
  trouble.element.hidden = true
  const lists = groups.map(({ title, faults }) => {
    const heading = h('h3', { id: `faults-${title}` }, title)
    return h('div', {}, heading, h('ul', { 'aria-labelledby': heading.id }, ...faults.map(row)))
  })
  const element = panel(
    'faults',
    'Break it',
    [undoAll, trouble.element],
    h('div', { class: 'groups' }, ...lists),
  )
  return { element, undo }
}
