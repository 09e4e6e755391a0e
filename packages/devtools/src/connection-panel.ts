import type { AnyClient, StatusSnapshot } from '@org/realtime-core'
import { button, fold, h, type Panel, setText } from './dom.ts'
import { createFeed } from './feed.ts'
import { MOMENT_LIMIT, type Moment, type Recording } from './recording.ts'
import { toDuration, toTime } from './words.ts'

/** How the connection is, and how it came to be so. */
export function createConnectionPanel(client: AnyClient, recording: Recording): Panel {
  const facts = createFacts(['For', 'Failed tries', 'Next try in', 'Round trip', 'Peer'])
  const error = h('p', { class: 'problem', role: 'status' })
  const again = button('Reconnect now', () => press(client))
  const timeline = createFeed<Moment>({
    label: 'Timeline, the newest first',
    whenEmpty: 'Nothing has happened yet.',
    limit: MOMENT_LIMIT,
    toItem: toMomentItem,
  })

  return {
    element: fold('connection', 'Connection', [
      facts.element,
      error,
      h('div', { class: 'bar' }, again),
      h('h3', {}, 'Timeline'),
      timeline.element,
    ]),
    show(now) {
      const snapshot = client.status.get()
      const { status, since, attempt, nextRetryAt, rttMs, health, lastError } = snapshot
      facts.show([
        toDuration(now - since),
        `${attempt}`,
        nextRetryAt === undefined ? '–' : toDuration(nextRetryAt - now),
        rttMs === undefined ? '–' : `${rttMs < 10 ? rttMs.toFixed(1) : Math.round(rttMs)} ms`,
        status !== 'connected' ? '–' : health === 'ok' ? 'alive' : 'asked, silent',
      ])
      setText(error, lastError?.message ?? '')
      setText(again, status === 'connected' ? 'Check now' : 'Reconnect now')
      const isUseless = status === 'idle' || status === 'paused'
      if (again.disabled !== isUseless) again.disabled = isUseless
      timeline.show(recording.moments)
    },
  }
}

/** A connection that is over is opened by `connect` alone. */
function press(client: AnyClient): void {
  const { status } = client.status.get()
  // How that ends is told by the status.
  if (isOver(status)) client.connect().catch(() => {})
  else client.reconnectNow()
}

const isOver = (status: StatusSnapshot['status']): boolean => status === 'closed' || status === 'failed'

function createFacts(names: readonly string[]) {
  const values = names.map(() => h('dd'))
  return {
    element: h(
      'dl',
      {},
      ...names.map((name, index) => h('div', {}, h('dt', {}, name), values[index] as HTMLElement)),
    ),
    show(texts: readonly string[]): void {
      for (const [index, text] of texts.entries()) setText(values[index] as HTMLElement, text)
    },
  }
}

const phases: Readonly<Record<string, string>> = {
  credentials: 'fetching address and credentials',
  dialing: 'dialling',
  handshaking: 'socket open, waiting to be accepted',
  ready: 'accepted',
}

function toMomentItem(moment: Moment): HTMLLIElement {
  const { what, why, tone } = toMomentWords(moment)
  return h(
    'li',
    { 'data-tone': tone },
    h('time', {}, toTime(moment.at)),
    h('b', {}, what),
    h('span', { class: 'why' }, why),
  )
}

function toMomentWords(moment: Moment): { what: string; why: string; tone: string } {
  switch (moment.type) {
    case 'transition': {
      const { from, to, cause, delayMs } = moment
      const isFailed = to === 'closed' && cause !== 'close'
      const tone = isFailed ? 'bad' : to === 'live' ? 'good' : to === 'waiting' ? 'warn' : 'rest'
      const next = delayMs === undefined ? '' : `, next try in ${toDuration(delayMs)}`
      return { what: `${from} → ${to}`, why: `${cause}${next}`, tone }
    }
    case 'phase':
      return { what: phases[moment.phase] ?? moment.phase, why: moment.url ?? '', tone: 'rest' }
    case 'signal':
      return { what: 'signal', why: moment.signal, tone: 'rest' }
    case 'probe':
      return { what: 'asked for a sign of life', why: moment.cause, tone: 'rest' }
    case 'error':
      return { what: 'error', why: moment.message, tone: 'bad' }
    case 'hint':
      return { what: 'hint', why: moment.message, tone: 'warn' }
    default:
      return moment satisfies never
  }
}
