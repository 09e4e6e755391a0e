import type { Welcome } from '@org/realtime-raw-ws/codec'
import type { FaultRule } from '../faults/rule.ts'
import type { Resolved } from '../options.ts'
import type { Session } from './session.ts'

/** What a client that is let in is told; a rule of faults may have it say what does not hold. */
export function toWelcome(
  { secret, client }: Session,
  resumed: boolean,
  { times, limits }: Resolved,
  rule: FaultRule<'welcome'> | undefined,
): Welcome {
  const { idleMs = times.idleMs, answerMs = times.answerMs } = rule ?? {}
  const { frameBytes = limits.frameBytes, joins = limits.joins } = rule ?? {}
  const { channels = limits.channelsPerConnection } = rule ?? {}
  const told = { frameBytes, channels, joins }
  return { t: 'welcome', v: 1, session: secret, client, resumed, idleMs, answerMs, limits: told }
}
