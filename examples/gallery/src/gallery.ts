import type { Address } from '@org/example-backend'
import { createControl } from '@org/example-backend/control'
import type { Channel } from '@org/realtime-core'
import type { Clock } from '@org/realtime-core/kit'
import { mountInspector } from '@org/realtime-devtools'
import {
  createRawWs,
  type StrictCapabilities,
  type StrictClient,
  type StrictMeta,
} from '@org/realtime-raw-ws'
import { createBookings } from './bookings.ts'
import { channels } from './channels.ts'
import { h } from './dom.ts'
import { createEventsPanel } from './events-panel.ts'
import { createFaults } from './faults.ts'
import { createFaultsPanel } from './faults-panel.ts'
import { createLogPanel } from './log-panel.ts'
import { createMembersPanel } from './members-panel.ts'
import { createPageSignals } from './page-signals.ts'
import { createPublishPanel } from './publish-panel.ts'
import { createStatusPanel } from './status-panel.ts'

type Registry = typeof channels

const INTRODUCTION =
  'One client in this page, one reference server behind it. Press what goes wrong, and watch it come back.'

/** What every panel gets to work with. */
export interface Gallery {
  readonly clock: Clock
  readonly client: StrictClient<Registry>
  readonly desk: Channel<Registry, 'desk.{id}', StrictCapabilities, StrictMeta>
  /** What is to be ended with the page. */
  readonly stops: (() => void)[]
}

/** Builds the page and connects; returns what ends it. */
export function mountGallery(root: HTMLElement, address: Address, clock: Clock): () => Promise<void> {
  const user = `guest-${Math.floor(clock.random() * 1e6)}`
  const signals = createPageSignals(clock)
  const client = createRawWs({
    url: address.url,
    token: () => user,
    channels,
    // What is said here is no secret, so the log may show it.
    tracePayloads: true,
    signals,
    clock,
    hidden: { pauseAfterMs: 3000 },
    outbox: { ttlMs: 8000 },
  })
  const gallery: Gallery = { clock, client, desk: client.channel('desk.{id}', { id: 1 }), stops: [] }

  const control = createControl(address.control)
  const book = createBookings(clock)
  const faults = createFaultsPanel(createFaults({ control, signals, user, book }))
  // Other pages have the same server.
  addEventListener('pagehide', faults.undo)
  gallery.stops.push(() => removeEventListener('pagehide', faults.undo))

  gallery.stops.push(mountInspector(client, { control: address.control }))

  const status = createStatusPanel(gallery)
  const inspector = h(
    'a',
    { href: address.inspectUrl, target: '_blank', rel: 'noopener' },
    'Look from the server’s side',
  )
  root.replaceChildren(
    h('header', {}, h('h1', {}, 'Break the line'), h('p', {}, INTRODUCTION, ' ', inspector)),
    status.glance,
    h(
      'main',
      {},
      h('div', { class: 'column' }, status.element, createMembersPanel(gallery)),
      faults.element,
      createEventsPanel(gallery),
      createPublishPanel(gallery),
      createLogPanel(gallery),
    ),
  )
  // What goes wrong here is what the status shows.
  client.connect().catch(() => {})

  return async () => {
    await faults.undo()
    await client.close()
    for (const stop of gallery.stops) stop()
    root.replaceChildren()
  }
}
