import type { HeldFault } from '../../control/control-faults.ts'
import type { State } from '../report.ts'
import { type Api, Refusal } from './api.ts'
import { button, h, panel, setText } from './dom.ts'
import { type FaultButton, faultGroups, type Target, toRule, toRuleWords } from './fault-list.ts'
import { createTargetSelect } from './target-select.ts'
import { createTokenForm } from './token-form.ts'
import type { Tokens } from './tokens.ts'

export interface FaultsPanel {
  readonly element: HTMLElement
  show(state: State): void
  /** Whether the server has faults to give. */
  offer(isThere: boolean): void
  /** Whether it could be asked now. */
  allow(mayStrike: boolean): void
}

/** Buttons for what can go wrong, and the rules that hold. */
export function createFaultsPanel(api: Api, tokens: Tokens): FaultsPanel {
  const target = createTargetSelect(() => allow(target.get()))
  let shown = ''
  const said = h('p', { role: 'status', class: 'soft' })
  const held = h('ul', { class: 'held', 'data-tone': 'warn', 'aria-label': 'Faults that hold' })
  const undoAll = button('Undo all', () => void attempt(() => api.removeFault(), 'All undone'))
  const form = createTokenForm('The token of /_control, printed when the server started', (token) => {
    tokens.set('control', token)
    void refresh()
  })
  const buttons: { readonly element: HTMLButtonElement; readonly fault: FaultButton }[] = []
  const groups = Object.entries(faultGroups).map(([title, faults]) =>
    h('div', {}, h('h3', {}, title), h('div', { class: 'bar' }, ...faults.map(makeButton))),
  )
  const tools = h('div', { class: 'tools', hidden: true }, target.element, held, ...groups, said)
  const element = panel('faults', 'Faults', [undoAll], form.element, tools)
  element.hidden = held.hidden = undoAll.hidden = true

  function makeButton(fault: FaultButton): HTMLButtonElement {
    const press = (): void =>
      void attempt(() => api.addFault(toRule(fault, target.get())), `Done: ${fault.label}`)
    const made = button(fault.label, press, { title: fault.title, 'data-fault': fault.label })
    buttons.push({ element: made, fault })
    return made
  }

  function allow(chosen: Target): void {
    for (const { element, fault } of buttons) element.disabled = !fault.for.includes(chosen.kind)
  }

  async function attempt(run: () => Promise<unknown>, done: string): Promise<void> {
    try {
      await run()
      setText(said, done)
      await refresh()
    } catch (error) {
      fail(error)
    }
  }

  async function refresh(): Promise<void> {
    try {
      showHeld(await api.faults())
      form.element.hidden = true
      tools.hidden = false
    } catch (error) {
      fail(error)
    }
  }

  function fail(error: unknown): void {
    const message = error instanceof Error ? error.message : `${error}`
    setText(said, message)
    if (!(error instanceof Refusal) || error.status !== 401) return
    const hadToken = tokens.get('control') !== undefined
    tokens.forget('control')
    tools.hidden = true
    form.element.hidden = false
    form.say(hadToken ? message : '')
  }

  function showHeld(faults: readonly HeldFault[]): void {
    const text = JSON.stringify(faults)
    if (text === shown) return
    shown = text
    const items = faults.map(({ id, rule }) => {
      const words = toRuleWords({ ...rule })
      const undo = button('Undo', () => void attempt(() => api.removeFault(id), `Undone: ${words}`), {
        'aria-label': `Undo: ${words}`,
      })
      return h('li', {}, h('span', {}, words), undo)
    })
    held.replaceChildren(...items)
    held.hidden = undoAll.hidden = items.length === 0
  }

  allow(target.get())
  return {
    element,
    show(state) {
      target.show(state)
      // Those that struck as often as they may are gone.
      if (!held.hidden) void refresh()
    },
    offer(isThere) {
      element.hidden = !isThere
      if (isThere && tokens.get('control') !== undefined) void refresh()
    },
    allow(mayStrike) {
      tools.inert = !mayStrike
    },
  }
}
