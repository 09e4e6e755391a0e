import { invalid } from '../errors.ts'
import { toPattern } from '../pattern.ts'
import { anyText, checkMembers, closeCode, count, ms, type Shape, status, text, words } from './checks.ts'
import type { FaultMoment, FaultRule } from './rule.ts'

const common: Shape = {
  'connection?': text,
  'endpoint?': text,
  'client?': text,
  'user?': text,
  'channel?': {
    expected: 'a channel, or a pattern like room.{id}',
    fits: (value) => text.fits(value) && toPattern(value as string) !== undefined,
  },
  'nth?': count,
  'times?': count,
}

const connection: Readonly<Record<string, Shape>> = {
  close: { code: closeCode, 'reason?': anyText, 'afterMs?': ms },
  cut: { 'afterMs?': ms },
  freeze: { 'what?': words('reads', 'writes', 'both'), 'forMs?': ms },
  drain: { windowMs: ms },
  later: { ms },
  expire: { 'inMs?': ms },
}

const refusal = words('forbidden', 'unknown-channel', 'limit', 'rate-limited', 'unavailable')
const denial = words('unauthenticated', 'expired', 'rate-limited', 'limit', 'unavailable')
const refuse: Shape = { 'code?': refusal, 'retryMs?': ms }
const numbers: Shape = {
  'frameBytes?': count,
  'channels?': count,
  'joins?': count,
  'idleMs?': count,
  'answerMs?': count,
}

const shapes: Readonly<Record<FaultMoment, Readonly<Record<string, Shape>>>> = {
  upgrade: { stall: { 'forMs?': ms }, refuse: { 'status?': status } },
  open: connection,
  now: { ...connection, evict: { channel: text }, restart: { channel: text } },
  frame: { drop: {}, delay: { ms }, duplicate: {}, reorder: {}, malform: {}, 'wrong-id': {}, ...connection },
  hello: { deny: { 'code?': denial, 'retryMs?': ms }, 'forget-session': {}, 'split-session': {} },
  welcome: { advertise: numbers },
  join: { refuse, limit: { count, perMs: count } },
  publish: { refuse },
}

const ofFrames: Shape = { 'direction?': words('in', 'out'), 'type?': text }

/**
 * Reads a rule that came as JSON.
 * @throws ServerError `option.invalid` that names the member and what it accepts
 */
export function parseFaultRule(value: unknown): FaultRule {
  const given = Object(value) as Readonly<Record<string, unknown>>
  const kinds = pick('at', given, shapes)
  const kind = pick('do', given, kinds)
  const { at: _at, do: _do, ...members } = given
  const all = [common, given['at'] === 'frame' ? ofFrames : {}, kind]
  checkMembers('fault', members, all, `left out of ${given['at']} ${given['do']}`)
  checkEndpoint(given)
  return given as unknown as FaultRule
}

const ofMqtt = ['malform', 'wrong-id']
const notOfMqtt = ['advertise', 'evict', 'later', 'limit', 'restart', 'split-session']

/** A rule that can never strike helps nobody. */
function checkEndpoint({ endpoint, do: kind }: Readonly<Record<string, unknown>>): void {
  if (endpoint === undefined) return
  if (endpoint === 'mqtt' && notOfMqtt.includes(`${kind}`))
    throw invalid('fault.endpoint', `another endpoint, since MQTT has no ${kind}`, endpoint)
  if (endpoint !== 'mqtt' && ofMqtt.includes(`${kind}`))
    throw invalid('fault.endpoint', `mqtt, since ${kind} is for its packets alone`, endpoint)
}

function pick<T>(
  member: string,
  given: Readonly<Record<string, unknown>>,
  table: Readonly<Record<string, T>>,
): T {
  const name = given[member]
  if (typeof name === 'string' && Object.hasOwn(table, name)) return table[name] as T
  throw invalid(`fault.${member}`, `one of ${Object.keys(table).join(', ')}`, name)
}
