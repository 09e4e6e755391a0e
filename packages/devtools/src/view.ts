import type { AnyClient } from '@org/realtime-core'
import { createChannelsPanel } from './channels-panel.ts'
import { createConnectionPanel } from './connection-panel.ts'
import type { ControlAddress } from './control.ts'
import { h, setText, setTone } from './dom.ts'
import type { Fault } from './fault.ts'
import { createFaultsPanel } from './faults-panel.ts'
import { createFramesPanel } from './frames-panel.ts'
import { createLoop } from './loop.ts'
import { Recording } from './recording.ts'
import { statusTones } from './words.ts'

/** A client, under the name by which it is chosen among others. */
export interface InspectedClient {
  readonly name: string
  readonly client: AnyClient
}

/** Shows clients in `root` until the result is called; faults alone, where there are only those. */
export function openView(
  root: ShadowRoot,
  clients: readonly InspectedClient[],
  control: ControlAddress | undefined,
  more: readonly Fault[] | undefined,
): () => void {
  const [first] = clients
  const faults = control && createFaultsPanel(control, more)
  faults?.refresh()
  if (!first) {
    root.replaceChildren(
      faults
        ? h('div', { class: 'panels' }, faults.element)
        : h('p', { class: 'empty' }, 'No client to inspect: set the property “client”.'),
    )
    return () => root.replaceChildren()
  }
  const select = h(
    'select',
    { 'aria-label': 'Client', hidden: clients.length < 2 },
    ...clients.map(({ name }, index) => h('option', { value: `${index}` }, name)),
  )
  const status = h('span', { class: 'chip', role: 'status' })
  const panels = h('div', { class: 'panels' })
  let close = openClient(first.client)
  select.addEventListener('change', () => {
    const chosen = clients[Number(select.value)]
    if (!chosen) return
    close()
    close = openClient(chosen.client)
  })
  root.replaceChildren(h('div', { class: 'bar head' }, status, select), panels)

  function openClient(client: AnyClient): () => void {
    const { clock } = client['~env']
    const recording = new Recording(client, () => loop.request())
    const shown = [
      createConnectionPanel(client, recording),
      createChannelsPanel(client, recording),
      createFramesPanel(recording),
    ]
    const render = (): void => {
      const { status: word, health } = client.status.get()
      setText(status, health === 'ok' ? word : `${word}, checking`)
      setTone(status, health === 'ok' ? statusTones[word] : 'warn')
      for (const { element, show } of shown) if (element.open) show(clock.date())
    }
    const loop = createLoop(clock, render)
    const [connection, channels, frames] = shown.map(({ element }) => element)
    panels.replaceChildren(
      ...[connection, channels, faults?.element, frames].filter((part) => part !== undefined),
    )
    for (const { element } of shown) element.addEventListener('toggle', loop.request)
    render()
    return () => {
      loop.stop()
      recording.stop()
    }
  }

  return () => {
    close()
    root.replaceChildren()
  }
}
