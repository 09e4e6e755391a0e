import { type ErrorCode, type Failure, RealtimeError, type Verdict } from '@org/realtime-core/kit'

type Row = readonly [verdict: Verdict, code: ErrorCode, what: string]

const lost = (what: string): Row => ['retry', 'connection.lost', what]
const broken = (what: string): Row => ['retry', 'protocol.violation', what]
const refused = (what: string): Row => ['stop', 'connection.refused', what]
const unknownUser = (what: string): Row => ['stop', 'auth.failed', what]

/** The one table from a code of CONNACK or DISCONNECT to what the connection does. */
const table: Readonly<Record<number, Row>> = {
  0: lost('Normal disconnection'),
  128: lost('Unspecified error'),
  129: broken('Malformed packet'),
  130: broken('Protocol error'),
  131: lost('Implementation specific error'),
  132: refused('Unsupported protocol version'),
  133: refused('Client identifier not valid'),
  134: unknownUser('Bad user name or password'),
  135: unknownUser('Not authorized'),
  136: lost('Server unavailable'),
  137: lost('Server busy'),
  138: refused('Banned'),
  139: lost('Server shutting down'),
  140: unknownUser('Bad authentication method'),
  141: lost('Keep alive timeout'),
  142: ['stop', 'connection.replaced', 'Another client took the session over'],
  143: broken('Topic filter invalid'),
  144: broken('Topic name invalid'),
  147: broken('Receive maximum exceeded'),
  148: broken('Topic alias invalid'),
  149: broken('Packet too large'),
  150: lost('Message rate too high'),
  151: lost('Quota exceeded'),
  152: lost('Administrative action'),
  153: broken('Payload format invalid'),
  154: refused('Retain not supported'),
  155: refused('QoS not supported'),
  156: lost('Use another server'),
  157: refused('Server moved'),
  158: broken('Shared subscriptions not supported'),
  159: lost('Connection rate exceeded'),
  160: lost('Maximum connect time'),
  161: broken('Subscription identifiers not supported'),
  162: broken('Wildcard subscriptions not supported'),
}

/** The return codes of a CONNACK before level 5, in the codes of level 5. */
const returnCodes = [0, 132, 133, 136, 134, 135]

export const toReason = (code: number, level: number): number =>
  level < 5 ? (returnCodes[code] ?? code) : code

/** `reason` is what the server adds in words. */
export function toFailure(code: number, reason?: string): Failure {
  const [verdict, name, what] = table[code] ?? broken('Unknown reason')
  const sentence = `${what} (0x${code.toString(16).padStart(2, '0')})`
  return { verdict, error: new RealtimeError(name, sentence, { code, ...(reason && { reason }) }) }
}

/** Of a SUBACK: the server may have room later. */
export const isWorthAnotherTry = (code: number): boolean => code === 0x97
