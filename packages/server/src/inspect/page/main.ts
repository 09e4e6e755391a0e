import type { InspectLine, State } from '../report.ts'
import { createApi } from './api.ts'
import { createChannelsPanel } from './channels-panel.ts'
import { createConnectionsPanel } from './connections-panel.ts'
import { h } from './dom.ts'
import { createFaultsPanel } from './faults-panel.ts'
import { createHeader } from './header.ts'
import { createLink } from './link.ts'
import type { LogLine } from './log-line.ts'
import { createLogPanel } from './log-panel.ts'
import { createNodesPanel } from './nodes-panel.ts'
import { createTokenForm } from './token-form.ts'
import { createTokens } from './tokens.ts'
import { createTrafficPanel } from './traffic-panel.ts'

const tokens = createTokens()
const api = createApi(tokens)
const payloads = h('input', { type: 'checkbox' })
const header = createHeader()
const traffic = createTrafficPanel()
const log = createLogPanel(payloads)
const connections = createConnectionsPanel(log.filterBy)
const channels = createChannelsPanel({ api, payloads: () => payloads.checked, pick: log.filterBy })
const nodes = createNodesPanel()
const faults = createFaultsPanel(api, tokens)
const lock = createTokenForm('The token of the inspector, option inspect.token', (token) => {
  tokens.set('inspect', token)
  link.restart()
})
const locked = h('section', { class: 'panel lock', hidden: true }, lock.element)
const panels = h(
  'div',
  { class: 'panels' },
  traffic.element,
  connections.element,
  channels.element,
  nodes.element,
  faults.element,
  log.element,
)
document.body.append(header.element, h('main', {}, locked, panels))

const link = createLink({
  api,
  payloads: () => payloads.checked,
  tell,
  show(status, message) {
    header.link(status, status === 'locked' ? '' : message)
    faults.allow(status === 'live')
    const isLocked = status === 'locked'
    locked.hidden = !isLocked
    panels.hidden = isLocked || status === 'refused'
    if (!isLocked) return
    lock.say(tokens.get('inspect') === undefined ? '' : message)
    tokens.forget('inspect')
  },
})
payloads.addEventListener('change', link.restart)

/** Hundreds of lines come in one piece: the log is drawn once for all of them. */
function tell(lines: readonly InspectLine[]): void {
  const shown: LogLine[] = []
  for (const line of lines) {
    if (line.kind === 'hello') {
      header.hello(line)
      faults.offer(line.control)
    } else if (line.kind === 'state') show(line)
    else if (line.kind === 'cluster') nodes.show(line)
    else shown.push('at' in line ? line : { ...line, at: Date.now() })
  }
  if (shown.length > 0) log.add(shown)
}

function show(state: State): void {
  header.show(state)
  traffic.show(state)
  connections.show(state)
  channels.show(state)
  faults.show(state)
}
