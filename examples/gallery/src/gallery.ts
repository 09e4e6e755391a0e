import type { Address } from '@org/example-backend'
import { button, ended, h } from '@org/example-look/dom'
import type { Clock } from '@org/realtime-core/kit'
import { defineInspector } from '@org/realtime-devtools'
import { createRawWs } from '@org/realtime-raw-ws'
import { channels } from './channels.ts'
import { createEvents } from './events.ts'
import { createFaults } from './faults.ts'
import { createPublish } from './publish.ts'

/** Fills the page and connects; returns what ends it. */
export function mountGallery(root: HTMLElement, address: Address, clock: Clock): () => Promise<void> {
  const user = `guest-${Math.floor(clock.random() * 1e6)}`
  const client = createRawWs({
    url: address.url,
    token: () => user,
    channels,
    // What is said here is no secret, so the inspector may show it.
    tracePayloads: true,
    clock,
    outbox: { ttlMs: 8000 },
  })
  const desk = client.channel('desk.{id}', { id: 1 })
  const buttons = [
    button('Pause', () => client.pause()),
    button('Resume', () => client.resume()),
    button('Close', () => void client.close({ drainMs: 1000 })),
  ]
  defineInspector()
  const inspector = document.createElement('realtime-inspector')
  Object.assign(inspector, { client, control: address.control, faults: createFaults(user) })
  root.replaceChildren(
    h(
      'div',
      { class: 'stack' },
      h('p', { class: 'row' }, ...buttons),
      ended(client),
      createEvents(desk),
      createPublish(desk),
    ),
    inspector,
  )
  // What goes wrong here is what the inspector shows.
  client.connect().catch(() => {})

  return async () => {
    await client.close()
    root.replaceChildren()
  }
}
