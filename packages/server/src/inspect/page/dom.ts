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

/** A titled part of the page; `beside` stands in one row with the title. */
export function panel(
  id: string,
  title: string,
  beside: readonly Node[],
  ...children: readonly Node[]
): HTMLElement {
  const heading = h('h2', { id: `${id}-title` }, title)
  const bar = h('div', { class: 'bar' }, heading, ...beside)
  return h('section', { class: `panel ${id}`, 'aria-labelledby': heading.id }, bar, ...children)
}

/** The colour of a thing: how good it is. */
export type Tone = 'good' | 'warn' | 'bad' | 'rest'

/** Changes the text only when it differs, so that nothing is announced twice. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}
