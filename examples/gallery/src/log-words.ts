import type { TraceEntry } from '@org/realtime-core'
import type { Tone } from './dom.ts'
import { toDuration } from './time.ts'

export interface LogLine {
  readonly kind: string
  readonly text: string
  readonly tone: Tone
}

const phases: Readonly<Record<string, string>> = {
  credentials: 'Fetching address and credentials',
  dialing: 'Dialling',
  handshaking: 'Socket open, waiting for the server to accept',
}

/** One entry of the explain log as a sentence. */
export function toLogLine(entry: TraceEntry): LogLine {
  switch (entry.type) {
    case 'transition':
      return { kind: 'state', tone: 'good', text: `${entry.from} → ${entry.to} (${entry.cause})` }
    case 'delay':
      return { kind: 'wait', tone: 'warn', text: `Next try in ${toDuration(entry.delayMs)} (${entry.cause})` }
    case 'phase':
      return { kind: 'dial', tone: 'rest', text: phases[entry.phase] ?? entry.phase }
    case 'signal':
      return { kind: 'signal', tone: 'rest', text: entry.signal }
    case 'probe':
      return { kind: 'probe', tone: 'rest', text: `Asked for a sign of life (${entry.cause})` }
    case 'frame':
      return {
        kind: entry.direction,
        tone: 'rest',
        text: entry.text ?? `${entry.bytes} bytes`,
      }
    case 'channel':
      return {
        kind: 'channel',
        tone: 'rest',
        text: `${entry.channel}: ${entry.state}${entry.cause ? ` (${entry.cause})` : ''}`,
      }
    case 'gap':
      return { kind: 'gap', tone: 'warn', text: `${entry.channel}: ${entry.continuity}` }
    case 'publish':
      return { kind: 'publish', tone: 'rest', text: `${entry.id}: ${entry.outcome}` }
    case 'error':
      return { kind: 'error', tone: 'bad', text: entry.message }
    case 'hint':
      return { kind: 'hint', tone: 'rest', text: entry.message }
    default:
      return entry satisfies never
  }
}
