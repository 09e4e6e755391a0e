import type { Clock } from '../clock.ts'
import type { Armed } from './armed.ts'
import type { ConnectionFault } from './rule.ts'
import { stall } from './stall.ts'

/** A connection, as faults treat it. */
export interface Victim {
  close(code?: number, reason?: string): void
  /** The result lets go again. */
  freeze(what: 'reads' | 'writes' | 'both'): () => void
  drain(windowMs: number): void
  later(ms: number): void
  expire(inMs: number): void
}

/** Does to a connection what a rule says; the end of the rule takes back what can be taken back. */
export function carryOut(fault: ConnectionFault, victim: Victim, armed: Armed, clock: Clock): void {
  switch (fault.do) {
    case 'close':
      return after(fault.afterMs, () => victim.close(fault.code, fault.reason ?? ''), armed, clock)
    case 'cut':
      return after(fault.afterMs, () => victim.close(), armed, clock)
    case 'freeze':
      return stall(armed, fault.forMs, victim.freeze(fault.what ?? 'both'), clock)
    case 'drain':
      return victim.drain(fault.windowMs)
    case 'later':
      return victim.later(fault.ms)
    case 'expire':
      return victim.expire(fault.inMs ?? 0)
    default:
      return fault satisfies never
  }
}

function after(ms: number | undefined, run: () => void, armed: Armed, clock: Clock): void {
  if (ms === undefined) return run()
  const cancel = clock.after(ms, () => {
    forget()
    run()
  })
  const forget = armed.onEnd(cancel)
}
