import { type Channel, type Client, createClient } from '@org/realtime-core'
import type { Clock } from '@org/realtime-core/kit'
import { type AckedCapabilities, type AckedMeta, createAckedProtocol } from '@org/realtime-testing'
import { channels } from './channels.ts'
import { h } from './dom.ts'
import { createEventsPanel } from './events-panel.ts'
import { createFarEnd } from './far-end.ts'
import { createFaults } from './faults.ts'
import { createFaultsPanel } from './faults-panel.ts'
import { createLogPanel } from './log-panel.ts'
import { createMembersPanel } from './members-panel.ts'
import { createPublishPanel } from './publish-panel.ts'
import { createStatusPanel } from './status-panel.ts'

type Registry = typeof channels

const INTRODUCTION =
  'One client of @org/realtime-core, a network and a server, all in this page. Press what goes wrong, and watch it come back.'

/** What every panel gets to work with. */
export interface Gallery {
  readonly clock: Clock
  readonly client: Client<Registry, AckedCapabilities, AckedMeta>
  readonly desk: Channel<Registry, 'presence-desk.{id}', AckedCapabilities, AckedMeta>
  /** What is to be ended with the page. */
  readonly stops: (() => void)[]
}

/** Builds the page and connects; returns what ends it. */
export function mountGallery(root: HTMLElement, clock: Clock): () => Promise<void> {
  const far = createFarEnd(clock)
  const client = createClient({
    // Here frames hold no secrets, so the log may show them as they are.
    protocol: { ...createAckedProtocol(), describe: String },
    url: 'memory://gallery',
    credentials: () => 'you',
    channels,
    transport: far.transport,
    signals: far.signals,
    clock,
    hidden: { pauseAfterMs: 3000 },
    outbox: { ttlMs: 8000 },
  })
  const gallery: Gallery = {
    clock,
    client,
    desk: client.channel('presence-desk.{id}', { id: 1 }),
    stops: [far.stop],
  }

  const status = createStatusPanel(gallery)
  root.replaceChildren(
    h('header', {}, h('h1', {}, 'Break the line'), h('p', {}, INTRODUCTION)),
    status.glance,
    h(
      'main',
      {},
      h('div', { class: 'column' }, status.element, createMembersPanel(gallery)),
      createFaultsPanel(createFaults(far)),
      createEventsPanel(gallery),
      createPublishPanel(gallery),
      createLogPanel(gallery),
    ),
  )
  // What goes wrong here is what the status shows.
  client.connect().catch(() => {})

  return async () => {
    await client.close()
    for (const stop of gallery.stops) stop()
    root.replaceChildren()
  }
}
