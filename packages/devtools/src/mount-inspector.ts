import type { ControlAddress } from './control.ts'
import { button, h } from './dom.ts'
import { defineInspector, type Inspected } from './inspector.ts'
import { mountStyle } from './mount-style.ts'
import { toSheet } from './style.ts'

export interface MountOptions {
  /** The reference server's `/_control`: with it there are buttons for what can go wrong. */
  readonly control?: ControlAddress | undefined
  /** Whether it is open at first; what a person has chosen before counts more. @default false */
  readonly open?: boolean | undefined
}

const KEY = '@org/realtime-devtools'

/**
 * Puts a button into a corner of the page that opens the inspector. Closed it listens to nothing. Returns its
 * removal.
 * @example
 * const remove = mountInspector(client)
 */
export function mountInspector(client: Inspected, { control, open = false }: MountOptions = {}): () => void {
  if (typeof document === 'undefined') return () => {}
  defineInspector()
  const host = document.createElement('div')
  const root = host.attachShadow({ mode: 'open' })
  root.adoptedStyleSheets = [toSheet(mountStyle)]
  const inspector = document.createElement('realtime-inspector')
  inspector.client = client
  inspector.control = control
  const toggle = button('Realtime', () => set(true), {
    class: 'toggle',
    'aria-expanded': 'false',
    'aria-label': 'Open the realtime inspector',
  })
  const close = button('Close', () => set(false), { 'aria-label': 'Close the realtime inspector' })
  const panel = h(
    'section',
    { class: 'window', 'aria-labelledby': 'title' },
    h('div', { class: 'title' }, h('h2', { id: 'title' }, 'Realtime'), close),
    inspector,
  )
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') set(false)
  })

  const show = (isOpen: boolean): void => root.replaceChildren(isOpen ? panel : toggle)
  const set = (isOpen: boolean): void => {
    remember(isOpen)
    show(isOpen)
    const next = isOpen ? close : toggle
    next.focus()
  }

  show(remembered() ?? open)
  // A script in the head runs before there is a body.
  const place = document.body ?? document.documentElement
  place.append(host)
  return () => host.remove()
}

/** Pages may be without a storage, or not be allowed to use it. */
function remembered(): boolean | undefined {
  try {
    const text = localStorage.getItem(KEY)
    return text === null ? undefined : text === 'open'
  } catch {
    return undefined
  }
}

function remember(isOpen: boolean): void {
  try {
    localStorage.setItem(KEY, isOpen ? 'open' : 'closed')
  } catch {
    // It is open or closed all the same.
  }
}
