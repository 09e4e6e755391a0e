import type { InspectLine } from '../report.ts'
import { h, type Tone } from './dom.ts'
import { toBytes, toTimeOfDay } from './words.ts'

/** What stands in the log. */
export type LogLine = Exclude<InspectLine, { readonly kind: 'hello' | 'state' | 'cluster' }> & {
  readonly at: number
}

interface Parts {
  readonly mark: string
  readonly what: string
  readonly where: string
  readonly size: string
  readonly text: string
  readonly tone: Tone
}

function toParts(line: LogLine): Parts {
  switch (line.kind) {
    case 'frame': {
      const { direction, type, connection, channels, bytes, text = '' } = line
      const where = [connection, ...channels].join(' ')
      return {
        mark: direction,
        what: type || 'frame',
        where,
        size: toBytes(bytes),
        text,
        tone: direction === 'in' ? 'good' : 'rest',
      }
    }
    case 'connect':
      return {
        mark: 'up',
        what: 'connected',
        where: `${line.connection} ${line.endpoint} from ${line.address}`,
        size: '',
        text: '',
        tone: 'good',
      }
    case 'disconnect': {
      const reason = line.reason === '' ? '' : `: ${line.reason}`
      const where = `${line.connection} ${line.endpoint}`
      return { mark: 'end', what: `${line.code}${reason}`, where, size: '', text: '', tone: 'warn' }
    }
    case 'crash':
      return { mark: 'crash', what: line.where, where: '', size: '', text: line.message, tone: 'bad' }
    case 'lost':
      return {
        mark: 'lost',
        what: `${line.lines.toLocaleString('en')} lines left out: too many at once`,
        where: '',
        size: '',
        text: '',
        tone: 'warn',
      }
    default:
      return line satisfies never
  }
}

/** What a filter looks through. */
export function toSearchText(line: LogLine): string {
  const { mark, what, where, text } = toParts(line)
  return `${mark} ${what} ${where} ${text}`.toLowerCase()
}

export function toItem(line: LogLine): HTMLLIElement {
  const { mark, what, where, size, text, tone } = toParts(line)
  return h(
    'li',
    { 'data-tone': tone, 'data-kind': line.kind },
    h('time', {}, toTimeOfDay(line.at)),
    h('b', {}, mark),
    h('span', { class: 'what' }, what),
    h('span', { class: 'where soft' }, where),
    h('span', { class: 'size soft' }, size),
    ...(text === '' ? [] : [h('code', {}, text)]),
  )
}
