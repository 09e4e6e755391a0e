import type { Address } from '@org/example-backend'
import { h } from '@org/example-look/dom'
import { defineInspector } from '@org/realtime-devtools'
import { type Example, examples } from './examples.ts'

const home = document.querySelector<HTMLElement>('#home')
if (home) start(home)

async function start(home: HTMLElement): Promise<void> {
  const address = await fetchAddress()
  const first = address?.node ? await fetchAddress('?node=1') : address
  const show = (): void => {
    const example = examples.find(({ name }) => `#${name}` === location.hash)
    if (!address || !first) home.replaceChildren(noServer())
    else if (example) home.replaceChildren(...toStage(example, example.staysAtNode ? first : address))
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

async function fetchAddress(query = ''): Promise<Address | undefined> {
  const response = await fetch(`/demo.json${query}`).catch(() => undefined)
  return (await response?.json().catch(() => undefined)) as Address | undefined
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
const toStage = (
  { name, title, line, hint, staysAtNode = false }: Example,
  address: Address,
): readonly HTMLElement[] => [
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
      ...toNodes(name, address, staysAtNode),
    ),
  ),
]

/** Beside faults that strike one node, an example has to be at that one. */
const toPage = (name: string, { node }: Address): string => `/${name}/${node ? `?node=${node.number}` : ''}`

/** Where several nodes stand behind the examples: at which one this is, and the way to the others. */
function toNodes(name: string, { node, host }: Address, stays: boolean): readonly HTMLElement[] {
  if (!node) return []
  const about = stays ? 'All its pages are there: nodes do not share it.' : 'All nodes share their channels.'
  const others = Array.from({ length: node.of }, (_, index) => index + 1).filter(
    (each) => each !== node.number,
  )
  return [
    h(
      'section',
      { class: 'card' },
      h('h2', {}, `Node ${node.number} of ${node.of}`),
      h('p', { class: 'soft' }, `This page is at ${host}. ${about}`),
      ...(stays ? [] : others).map((each) =>
        h('a', { href: `/${name}/?node=${each}`, target: '_blank' }, `Open it at node ${each}`),
      ),
    ),
  ]
}
