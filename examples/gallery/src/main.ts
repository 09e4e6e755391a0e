import type { Address } from '@org/example-backend'
import { systemClock } from '@org/realtime-core/kit'
import { h } from './dom.ts'
import { mountGallery } from './gallery.ts'

const root = document.querySelector<HTMLElement>('#gallery')
if (root) start(root)

async function start(root: HTMLElement): Promise<void> {
  try {
    const response = await fetch('/demo.json')
    mountGallery(root, (await response.json()) as Address, systemClock)
  } catch {
    root.replaceChildren(
      h(
        'header',
        {},
        h('h1', {}, 'No server'),
        h('p', {}, 'Start this page with npm run demo, which starts its server too.'),
      ),
    )
  }
}
