import type { Level } from '@org/realtime-mqtt/codec'
import type { AuthRefusal } from '../authenticate.ts'
import type { Denial } from '../authorize.ts'
import type { Tallied, Tally } from '../tally.ts'
import type { EndingCause } from '../wire.ts'

/** Reason codes of MQTT 5, as far as the broker itself says them. */
export const reasons = {
  malformed: 0x81,
  protocolError: 0x82,
  failed: 0x83,
  badVersion: 0x84,
  badClientId: 0x85,
  badCredentials: 0x86,
  notAuthorized: 0x87,
  unavailable: 0x88,
  shuttingDown: 0x8b,
  badMethod: 0x8c,
  silent: 0x8d,
  takenOver: 0x8e,
  badFilter: 0x8f,
  badTopic: 0x90,
  receiveMaximum: 0x93,
  unknownId: 0x92,
  badAlias: 0x94,
  quota: 0x97,
  administrative: 0x98,
  noRetain: 0x9a,
  noQos: 0x9b,
  connectionRate: 0x9f,
  connectTime: 0xa0,
} as const

/** Counts a refusal by the name that its reason has here. */
export function countRefusal(tally: Tally, what: Tallied['refusals']['what'], code: number): void {
  const [name] = Object.entries(reasons).find(([, reason]) => reason === code) ?? []
  tally.count('refusals', { endpoint: 'mqtt', what, reason: name ?? `${code}` })
}

/** The one table from a reason to the return code of CONNACK before MQTT 5; without a row it ends without one. */
const returnCodes: Readonly<Record<number, number>> = {
  [reasons.badVersion]: 1,
  [reasons.badClientId]: 2,
  [reasons.unavailable]: 3,
  [reasons.quota]: 3,
  [reasons.connectionRate]: 3,
  [reasons.noRetain]: 3,
  [reasons.noQos]: 3,
  [reasons.badCredentials]: 4,
  [reasons.notAuthorized]: 5,
}

/** Of these only DISCONNECT knows. */
const NOT_OF_CONNACK: ReadonlySet<number> = new Set([
  reasons.takenOver,
  reasons.administrative,
  reasons.shuttingDown,
  reasons.connectTime,
])

/** What CONNACK says; undefined when the level has no word for it. */
export function toConnackCode(level: Level, reason: number): number | undefined {
  const said = NOT_OF_CONNACK.has(reason) ? reasons.unavailable : reason
  return level === 5 ? said : returnCodes[said]
}

/** Of these only CONNACK knows, and what DISCONNECT says instead. */
const NOT_OF_DISCONNECT: Readonly<Record<number, number>> = {
  [reasons.badClientId]: reasons.notAuthorized,
  [reasons.badCredentials]: reasons.notAuthorized,
  [reasons.badMethod]: reasons.notAuthorized,
  [reasons.unavailable]: reasons.failed,
  [reasons.badVersion]: reasons.failed,
}

export const toDisconnectCode = (reason: number): number => NOT_OF_DISCONNECT[reason] ?? reason

/** What a refusal of `authenticate` is on the wire. */
export function toAuthReason({ refuse }: AuthRefusal, hasCredentials: boolean): number {
  if (refuse === 'unavailable') return reasons.unavailable
  if (refuse === 'rate-limited') return reasons.connectionRate
  return hasCredentials ? reasons.badCredentials : reasons.notAuthorized
}

/** What a rule of faults denies by. */
export const toDeniedReason = (code: AuthRefusal['refuse'] | 'limit' = 'unavailable'): number =>
  code === 'limit' ? reasons.quota : toAuthReason({ refuse: code }, true)

/** What a denial of a rule is on the wire. */
export function toDenialReason({ refuse }: Denial): number {
  if (refuse === 'limit' || refuse === 'rate-limited') return reasons.quota
  return refuse === 'unavailable' ? reasons.failed : reasons.notAuthorized
}

export const endingReasons: Readonly<Record<EndingCause, number>> = {
  origin: reasons.notAuthorized,
  limit: reasons.quota,
  slow: reasons.quota,
  crash: reasons.failed,
  gone: reasons.shuttingDown,
  'put-out': reasons.administrative,
}
