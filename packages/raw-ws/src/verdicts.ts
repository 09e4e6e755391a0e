import {
  type ErrorCode,
  type Failure,
  RealtimeError,
  type SessionEnd,
  type Verdict,
} from '@org/realtime-core/kit'
import type { Refusal } from './envelope.ts'

type Ending = 'auth.failed' | 'protocol.violation' | Extract<ErrorCode, `connection.${string}`>
type Meaning = readonly [Verdict, Ending]

const BROKEN: Meaning = ['retry', 'protocol.violation']
const UNWANTED: Meaning = ['stop', 'connection.refused']
const EXPIRED: Meaning = ['retry-now', 'auth.failed']
const UNKNOWN: Meaning = ['stop', 'auth.failed']
const LATER: Meaning = ['retry', 'connection.lost']

/** What close codes and the codes of `denied` mean. Any other code is a lost network to core. */
const meanings: Readonly<Record<string, Meaning>> = {
  1003: BROKEN,
  1007: BROKEN,
  1008: BROKEN,
  1009: BROKEN,
  4000: BROKEN,
  4001: UNKNOWN,
  4002: UNWANTED,
  4003: ['stop', 'connection.replaced'],
  4004: EXPIRED,
  4007: ['retry-now', 'connection.lost'],
  4008: ['retry', 'connection.timeout'],
  4010: UNWANTED,
  unauthenticated: UNKNOWN,
  expired: EXPIRED,
  'bad-frame': BROKEN,
  'bad-version': UNWANTED,
}

const meaningOf = (code: string | number): Meaning | undefined =>
  Object.hasOwn(meanings, code) ? meanings[code] : undefined

export function toFailure({ code = 0, reason = '' }: SessionEnd): Failure | undefined {
  const meaning = meaningOf(code)
  return meaning && toEnd(meaning, reason, code)
}

/** A refusal says itself whether it is final. */
export function toDenial({ code, message, final }: Refusal & { readonly final: boolean }): Failure {
  const [verdict, ending] = meaningOf(code) ?? (final ? UNWANTED : LATER)
  return toEnd([final ? 'stop' : verdict === 'stop' ? 'retry' : verdict, ending], `${code}: ${message}`)
}

function toEnd([verdict, ending]: Meaning, reason: string, code?: number): Failure {
  const details = {
    reason,
    ...(code && { code }),
    ...(ending === 'auth.failed' && { retry: verdict !== 'stop' }),
  }
  return { verdict, error: new RealtimeError(ending, `Server: ${reason || code}`, details) }
}
