import { type Control, type ControlAddress, createControl, type HeldRule, type Rule } from './control.ts'
import { button, fold, h, type Panel, setText } from './dom.ts'
import { commonFaults, type Fault } from './fault.ts'

export interface FaultsPanel extends Panel {
  /** Asks which faults hold. */
  refresh(): void
}

/**
 * Buttons for what can go wrong, for everybody at that server, and those that a page adds. Which of them hold is asked
 * of the server.
 */
export function createFaultsPanel(address: ControlAddress, more: readonly Fault[] = []): FaultsPanel {
  const control = createControl(address)
  const said = h('p', { role: 'status', class: 'soft' })
  let held: readonly HeldRule[] = []

  const find = (fault: Fault): readonly HeldRule[] =>
    fault.held?.flatMap((rule) => held.filter((other) => isSame(rule, other.rule))) ?? []

  /** Does it, then shows what holds. */
  const run = async (what: string, work: (control: Control) => Promise<void>): Promise<void> => {
    for (const { element } of buttons) element.disabled = true
    try {
      await work(control)
      held = await control.list()
      setText(said, what)
    } catch (error) {
      setText(
        said,
        `${error instanceof Error ? error.message : error}. Is ${address.url} the reference server?`,
      )
    }
    for (const { element, fault } of buttons) {
      element.disabled = false
      if (fault?.held) element.setAttribute('aria-pressed', `${find(fault).length > 0}`)
    }
  }

  const toggle = async (fault: Fault): Promise<void> => {
    const before = find(fault)
    const word = !fault.held ? 'done' : before.length > 0 ? 'off' : 'on'
    await run(`${fault.label}: ${word}`, async ({ add, remove }) => {
      for (const { id } of before) await remove(id)
      if (before.length === 0)
        for (const rule of [...(fault.held ?? []), ...(fault.once ?? [])]) await add(rule)
    })
  }

  const buttons: readonly { readonly element: HTMLButtonElement; readonly fault?: Fault }[] = [
    ...[...commonFaults, ...more].map((fault) => ({
      fault,
      element: button(fault.label, () => void toggle(fault), {
        title: fault.hint,
        ...(fault.held && { 'aria-pressed': 'false' }),
      }),
    })),
    {
      element: button('Clear faults', () => void run('No fault holds', ({ clear }) => clear()), {
        title: 'Takes back every fault that holds, also of others',
      }),
    },
  ]

  return {
    element: fold('faults', 'Faults', [
      h('p', { class: 'soft' }, 'They strike everybody at this server.'),
      h('div', { class: 'bar' }, ...buttons.map(({ element }) => element)),
      said,
    ]),
    show() {},
    refresh: () => void run('', async () => {}),
  }
}

/** The server may add to a rule what it has by default. */
const isSame = (rule: Rule, other: Rule): boolean =>
  Object.entries(rule).every(([member, value]) => other[member] === value)
