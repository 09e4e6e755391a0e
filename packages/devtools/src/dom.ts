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

/** One part of the inspector. What is folded up is not shown anew. */
export interface Panel {
  readonly element: HTMLDetailsElement
  /** `now`: wall-clock time. */
  show(now: number): void
}

/** A part that folds up. `count` stands beside its title. */
export function fold(
  name: string,
  title: string,
  children: readonly Node[],
  count: Node | string = '',
): HTMLDetailsElement {
  const summary = h('summary', {}, h('h2', {}, title), h('span', { class: 'count' }, count))
  return h(
    'details',
    { class: `panel ${name}`, open: true },
    summary,
    h('div', { class: 'body' }, ...children),
  )
}

/** The colour of a thing: how good it is. */
export type Tone = 'good' | 'warn' | 'bad' | 'rest'

/** Changes the text only when it differs, so that nothing is announced twice, or laid out anew. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

export function setTone(element: HTMLElement, tone: Tone): void {
  if (element.dataset['tone'] !== tone) element.dataset['tone'] = tone
}
