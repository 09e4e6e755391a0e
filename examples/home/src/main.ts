import type { Address } from '@org/example-backend'
import { h } from '@org/example-look/dom'
import { defineInspector } from '@org/realtime-devtools'
import { type Example, examples } from './examples.ts'

const home = document.querySelector<HTMLElement>('#home')
if (home) start(home)

async function start(home: HTMLElement): Promise<void> {
  const response = await fetch('/demo.json').catch(() => undefined)
  const address = (await response?.json().catch(() => undefined)) as Address | undefined
  const show = (): void => {
    const example = examples.find(({ name }) => `#${name}` === location.hash)
    if (!address) home.replaceChildren(noServer())
    else if (example) home.replaceChildren(...toStage(example, address))
    else home.replaceChildren(...toList())
    document.title = `${example ? `${example.title}: ` : ''}@org/realtime examples`
  }
  addEventListener('hashchange', show)
  show()
}

/** The buttons of the inspector; the example beside them has one of its own, with its client. */
function createFaults({ control }: Address): HTMLElement {
  defineInspector()
  return Object.assign(document.createElement('realtime-inspector'), { control })
}

const noServer = (): HTMLElement =>
  h(
    'section',
    { class: 'card' },
    h('h1', {}, 'No server'),
    h('p', {}, 'Start this page with npm run demo, which starts its server too.'),
  )

const toList = (): readonly HTMLElement[] => [
  h(
    'header',
    {},
    h('h1', {}, 'What can be built with @org/realtime'),
    h(
      'p',
      { class: 'soft' },
      'Every page talks to one reference server. Open two windows, and break the line. ',
      'A worker in Node has no page: ',
      h('code', {}, 'npm run demo -- node-worker'),
      '.',
    ),
  ),
  h(
    'nav',
    { class: 'grid', 'aria-label': 'Examples' },
    ...examples.map(({ name, title, line }) =>
      h(
        'section',
        { class: 'card' },
        h('h2', {}, h('a', { href: `#${name}` }, title)),
        h('p', { class: 'soft' }, line),
      ),
    ),
  ),
]

/** An example, with what can be done to its line beside it. */
const toStage = ({ name, title, line, hint }: Example, address: Address): readonly HTMLElement[] => [
  h(
    'header',
    { class: 'row between' },
    h('div', {}, h('h1', {}, title), h('p', { class: 'soft' }, `${line} ${hint}`)),
    h(
      'div',
      { class: 'row' },
      h('a', { href: '#', class: 'button' }, 'All examples'),
      h('a', { href: `/${name}/`, class: 'button', target: '_blank' }, 'Open alone'),
    ),
  ),
  h(
    'div',
    { class: 'split' },
    h('iframe', { src: toPage(name, address), title }),
    h(
      'aside',
      { class: 'beside' },
      createFaults(address),
      h(
        'section',
        { class: 'card' },
        h('h2', {}, 'What the server sees'),
        h('p', { class: 'soft' }, 'Connections, channels and frames, as they are.'),
        h('a', { href: address.inspectUrl, target: '_blank' }, 'Open its inspector'),
      ),
      ...toNodes(name, address),
    ),
  ),
]

/** Beside faults that strike one node, an example has to be at that one. */
const toPage = (name: string, { node }: Address): string => `/${name}/${node ? `?node=${node.number}` : ''}`

/** Where several nodes stand behind the examples: at which one this is, and the way to the others. */
function toNodes(name: string, { node, host }: Address): readonly HTMLElement[] {
  if (!node) return []
  const others = Array.from({ length: node.of }, (_, index) => index + 1).filter(
    (each) => each !== node.number,
  )
  return [
    h(
      'section',
      { class: 'card' },
      h('h2', {}, `Node ${node.number} of ${node.of}`),
      h('p', { class: 'soft' }, `This page is at ${host}. All nodes share their channels.`),
      ...others.map((each) =>
        h('a', { href: `/${name}/?node=${each}`, target: '_blank' }, `Open it at node ${each}`),
      ),
    ),
  ]
}
