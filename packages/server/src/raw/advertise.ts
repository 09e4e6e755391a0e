import type { Welcome } from '@org/realtime-raw-ws/codec'
import type { FaultRule } from '../faults/rule.ts'

/** The welcome that a rule of faults makes of it: what it says is not what holds. */
export function advertise(welcome: Welcome, rule: FaultRule<'welcome'> | undefined): Welcome {
  if (!rule) return welcome
  const { limits, idleMs, answerMs } = welcome
  const { frameBytes = limits.frameBytes, channels = limits.channels, joins = limits.joins } = rule
  return {
    ...welcome,
    idleMs: rule.idleMs ?? idleMs,
    answerMs: rule.answerMs ?? answerMs,
    limits: { frameBytes, channels, joins },
  }
}
