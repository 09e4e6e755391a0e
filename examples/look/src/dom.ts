import type { StatusSnapshot, Store } from '@org/realtime-core'
import { type Tone, toEnd } from './status.ts'

type Attributes = Readonly<Record<string, string | boolean>>

/** An element with attributes and children. `true` sets an empty attribute, `false` leaves it out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes))
    if (value !== false) element.setAttribute(name, value === true ? '' : value)
  element.append(...children)
  return element
}

export function button(label: string, press: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const element = h('button', { type: 'button', ...attributes }, label)
  element.addEventListener('click', press)
  return element
}

/** A short word in a coloured field. */
export function chip(): { readonly element: HTMLElement; show(text: string, tone: Tone): void } {
  const element = h('span', { class: 'chip' })
  return {
    element,
    show(text, tone) {
      element.textContent = text
      element.dataset['tone'] = tone
    },
  }
}

/** Says why nobody tries any more, with the way on; nothing before that. */
export function ended(client: {
  readonly status: Store<StatusSnapshot>
  connect(): Promise<unknown>
}): HTMLElement {
  const why = h('span')
  // That it fails again is told by the status.
  const again = button('', () => void client.connect().catch(() => {}))
  const element = h('p', { class: 'ended row', role: 'alert' }, why, again)
  const show = (): void => {
    const end = toEnd(client.status.get())
    element.hidden = !end
    element.dataset['tone'] = end?.tone
    why.textContent = end?.text ?? ''
    again.textContent = end?.action ?? ''
  }
  client.status.subscribe(show)
  show()
  return element
}

/** A list that grows at its top, forgets what is old, and says something while it is empty. */
export function feed(
  label: string,
  whenEmpty: string,
  limit: number,
): { readonly element: HTMLElement; add(item: HTMLLIElement): void } {
  const list = h('ol', { class: 'feed', 'aria-label': label, tabindex: '0', hidden: true })
  const empty = h('p', { class: 'empty' }, whenEmpty)
  return {
    element: h('div', {}, empty, list),
    add(item) {
      empty.hidden = true
      list.hidden = false
      list.prepend(item)
      while (list.childElementCount > limit) list.lastElementChild?.remove()
    },
  }
}
