import type { Failure } from '@org/realtime-core/kit'
import { fault } from './fault.ts'
import { known } from './known.ts'

/**
 * What a code of the protocol means for the connection, whether it came in a frame or closed the socket. Nothing
 * for codes that are not of the protocol: what those mean every socket knows.
 */
export function toFailure(code: number | undefined, reason?: string): Failure | undefined {
  if (!code || code < 4000 || code > 4399) return undefined
  const group = Math.floor(code / 100)
  const details = { code, ...known({ reason: reason || undefined }) }
  if (group === 40) return { verdict: 'stop', error: fault('connection.refused', details) }
  return {
    verdict: group === 42 ? 'retry-now' : 'retry',
    error: fault('connection.lost', details),
  }
}
