import { type Control, type ControlAddress, createControl, type HeldRule, type Rule } from './control.ts'
import { button, fold, h, type Panel, setText } from './dom.ts'

const SILENT_MS = 60_000
const SLOW_MS = 900

interface Fault {
  readonly label: string
  readonly hint: string
  /** What strikes once. */
  readonly once?: Rule
  /** What holds until the button is pressed again. */
  readonly held?: Rule
}

const cut: Rule = { at: 'now', do: 'cut' }

const faults: readonly Fault[] = [
  { label: 'Cut', hint: 'Ends every socket without a word', once: cut },
  {
    label: 'Go silent',
    hint: `Half-open for ${SILENT_MS / 1000} s: nothing arrives any more`,
    once: { at: 'now', do: 'freeze', forMs: SILENT_MS },
  },
  { label: 'Drain', hint: 'Asks clients to move', once: { at: 'now', do: 'drain', windowMs: 1500 } },
  { label: 'Slow', hint: `${SLOW_MS} ms each way`, held: { at: 'frame', do: 'delay', ms: SLOW_MS } },
  {
    label: 'Server down',
    hint: 'Refuses every dial until you let it',
    once: cut,
    held: { at: 'upgrade', do: 'refuse', status: 503 },
  },
]

export interface FaultsPanel extends Panel {
  /** Asks which faults hold. */
  refresh(): void
}

/** Buttons for what can go wrong, for everybody at that server. Which of them hold is asked of the server. */
export function createFaultsPanel(address: ControlAddress): FaultsPanel {
  const control = createControl(address)
  const said = h('p', { role: 'status', class: 'soft' })
  let held: readonly HeldRule[] = []

  const find = ({ held: rule }: Fault): HeldRule | undefined =>
    rule && held.find((other) => other.rule.at === rule.at && other.rule.do === rule.do)

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
      if (fault?.held) element.setAttribute('aria-pressed', `${find(fault) !== undefined}`)
    }
  }

  const toggle = async (fault: Fault): Promise<void> => {
    const before = find(fault)
    await run(`${fault.label}: ${!fault.held ? 'done' : before ? 'off' : 'on'}`, async ({ add, remove }) => {
      if (before) return remove(before.id)
      if (fault.held) await add(fault.held)
      if (fault.once) await add(fault.once)
    })
  }

  const buttons: readonly { readonly element: HTMLButtonElement; readonly fault?: Fault }[] = [
    ...faults.map((fault) => ({
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
