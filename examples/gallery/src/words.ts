import type { DropReason, ErrorCode, RealtimeError, Receipt, StatusSnapshot } from '@org/realtime-core'
import type { Tone } from './dom.ts'

/** What a person reads: how it is, and what that means. */
export interface Words {
  readonly headline: string
  readonly detail: string
}

const causes: Partial<Record<ErrorCode, string>> = {
  'connection.timeout': 'The server took too long to answer.',
  'connection.lost': 'The line was lost.',
  'connection.stale': 'The server had gone silent.',
  'connection.refused': 'The server does not want this client.',
  'connection.replaced': 'Another client took this place.',
  'connection.gave-up': 'All tries are used up.',
  'auth.failed': 'The credentials were not accepted.',
  'protocol.violation': 'The server broke the protocol.',
}

function toCause(error: RealtimeError | undefined): string {
  return error ? (causes[error.code] ?? `Error ${error.code}.`) : ''
}

export function toStatusWords(snapshot: StatusSnapshot): Words {
  const { status, health, lastError, nextRetryAt } = snapshot
  const cause = toCause(lastError)
  const isWaiting = nextRetryAt !== undefined
  switch (status) {
    case 'idle':
      return { headline: 'Not connected', detail: 'Nothing needs a connection at the moment.' }
    case 'connecting':
      return isWaiting
        ? { headline: 'Not connected yet', detail: `${cause} Another try follows.` }
        : { headline: 'Connecting', detail: 'The first contact is being made.' }
    case 'connected':
      return health === 'ok'
        ? { headline: 'Connected', detail: 'Everything is live.' }
        : { headline: 'Connected, checking', detail: 'The server was asked for a sign of life.' }
    case 'reconnecting':
      return isWaiting
        ? { headline: 'Reconnecting', detail: `${cause} Another try follows.` }
        : { headline: 'Reconnecting', detail: `${cause} Trying now.` }
    case 'paused':
      return { headline: 'Paused', detail: 'The connection rests, and goes on where it stopped.' }
    case 'closed':
      return { headline: 'Closed', detail: 'You closed it. It opens again when you connect.' }
    case 'failed':
      return { headline: 'Failed', detail: `${cause} It will not try again by itself.` }
    default:
      return status satisfies never
  }
}

/** What became of a publish: a word to show as a mark, and what it means. */
export interface Outcome {
  readonly mark: 'waiting' | Receipt['outcome'] | 'refused'
  readonly tone: Tone
  readonly meaning: string
}

const reasons: Readonly<Record<DropReason, string>> = {
  offline: 'There was no connection, and it was not to wait.',
  expired: 'It waited too long for a connection.',
  overflow: 'Too much was waiting already.',
  coalesced: 'A newer one took its place.',
  aborted: 'It was given up.',
  identity: 'It belonged to another identity.',
  closed: 'The client was closed first.',
}

export function toOutcome(receipt: Receipt): Outcome {
  const { outcome: mark } = receipt
  switch (receipt.outcome) {
    case 'sent':
      return { mark, tone: 'good', meaning: 'Handed to the network; no answer was asked for.' }
    case 'acknowledged':
      return { mark, tone: 'good', meaning: 'The server has it.' }
    case 'dropped':
      return { mark, tone: 'bad', meaning: reasons[receipt.error.details.reason] }
    case 'unknown':
      return { mark, tone: 'warn', meaning: 'It was sent, but no answer came.' }
    default:
      return receipt satisfies never
  }
}
