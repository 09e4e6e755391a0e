import { ALIAS_INVALID, malformed, PROTOCOL_ERROR } from './malformed.ts'
import type { Reader } from './reader.ts'
import type { Sink } from './writer.ts'

/** The properties of MQTT 5 under their names in the specification; intervals are in seconds. */
export interface Properties {
  /** The payload is text in UTF-8. */
  readonly payloadFormatIndicator?: boolean
  readonly messageExpiryInterval?: number
  readonly contentType?: string
  readonly responseTopic?: string
  readonly correlationData?: Uint8Array
  readonly subscriptionIdentifiers?: readonly number[]
  readonly sessionExpiryInterval?: number
  readonly assignedClientIdentifier?: string
  readonly serverKeepAlive?: number
  readonly authenticationMethod?: string
  readonly authenticationData?: Uint8Array
  readonly requestProblemInformation?: boolean
  readonly willDelayInterval?: number
  readonly requestResponseInformation?: boolean
  readonly responseInformation?: string
  readonly serverReference?: string
  readonly reasonString?: string
  readonly receiveMaximum?: number
  readonly topicAliasMaximum?: number
  readonly topicAlias?: number
  readonly maximumQos?: number
  readonly retainAvailable?: boolean
  readonly userProperties?: readonly (readonly [name: string, value: string])[]
  readonly maximumPacketSize?: number
  readonly wildcardSubscriptionAvailable?: boolean
  readonly subscriptionIdentifierAvailable?: boolean
  readonly sharedSubscriptionAvailable?: boolean
}

type Name = keyof Properties
type Kind = 'flag' | 'byte' | 'uint16' | 'uint32' | 'varint' | 'text' | 'binary' | 'pair'
type Row = readonly [id: number, name: Name, kind: Kind, packets: number]

/** Bits of the packets that may carry a property, by the numbers of their types; the will is 0. */
const WILL = 1
const CONNECT = 1 << 1
const CONNACK = 1 << 2
const PUBLISH = 1 << 3
const SUBSCRIBE = 1 << 8
const DISCONNECT = 1 << 14
const AUTH = 1 << 15
const MESSAGE = PUBLISH | WILL
const HANDSHAKE = CONNECT | CONNACK
const ANSWERS = CONNACK | (15 << 4) | (1 << 9) | (1 << 11) | DISCONNECT | AUTH
const ALL = 0xcfff

const rows: readonly Row[] = [
  [1, 'payloadFormatIndicator', 'flag', MESSAGE],
  [2, 'messageExpiryInterval', 'uint32', MESSAGE],
  [3, 'contentType', 'text', MESSAGE],
  [8, 'responseTopic', 'text', MESSAGE],
  [9, 'correlationData', 'binary', MESSAGE],
  [11, 'subscriptionIdentifiers', 'varint', PUBLISH | SUBSCRIBE],
  [17, 'sessionExpiryInterval', 'uint32', HANDSHAKE | DISCONNECT],
  [18, 'assignedClientIdentifier', 'text', CONNACK],
  [19, 'serverKeepAlive', 'uint16', CONNACK],
  [21, 'authenticationMethod', 'text', HANDSHAKE | AUTH],
  [22, 'authenticationData', 'binary', HANDSHAKE | AUTH],
  [23, 'requestProblemInformation', 'flag', CONNECT],
  [24, 'willDelayInterval', 'uint32', WILL],
  [25, 'requestResponseInformation', 'flag', CONNECT],
  [26, 'responseInformation', 'text', CONNACK],
  [28, 'serverReference', 'text', CONNACK | DISCONNECT],
  [31, 'reasonString', 'text', ANSWERS],
  [33, 'receiveMaximum', 'uint16', HANDSHAKE],
  [34, 'topicAliasMaximum', 'uint16', HANDSHAKE],
  [35, 'topicAlias', 'uint16', PUBLISH],
  [36, 'maximumQos', 'byte', CONNACK],
  [37, 'retainAvailable', 'flag', CONNACK],
  [38, 'userProperties', 'pair', ALL],
  [39, 'maximumPacketSize', 'uint32', HANDSHAKE],
  [40, 'wildcardSubscriptionAvailable', 'flag', CONNACK],
  [41, 'subscriptionIdentifierAvailable', 'flag', CONNACK],
  [42, 'sharedSubscriptionAvailable', 'flag', CONNACK],
]

const byId = new Map(rows.map((row) => [row[0], row]))
const byName = new Map<string, Row>(rows.map((row) => [row[1], row]))

/** `packet` is the number of its type, 0 for a will. An empty set is a length of 0 [MQTT-2.2.2-1]. */
export function writeProperties(sink: Sink, packet: number, properties: Properties | undefined): void {
  if (properties) sink.sized(() => writeAll(sink, packet, properties))
  else sink.byte(0)
}

function writeAll(sink: Sink, packet: number, properties: Properties): void {
  for (const name of Object.keys(properties)) {
    const row = byName.get(name)
    const value: unknown = properties[name as Name]
    if (value === undefined) continue
    if (!row || !((row[3] >> packet) & 1)) throw malformed('property', undefined, name)
    const [id, , kind] = row
    try {
      for (const each of kind === 'pair' || kind === 'varint' ? (value as unknown[]) : [value]) {
        sink.byte(id)
        if (kind === 'pair') for (const text of each as string[]) sink.text(text)
        else sink[kind === 'flag' ? 'byte' : kind](each as never)
      }
    } catch (cause) {
      throw malformed('value', undefined, name, cause)
    }
  }
}

/** Nothing when there are none. */
export function readProperties(reader: Reader, packet: number): Properties | undefined {
  const length = reader.varint()
  if (!length) return undefined
  const { end } = reader
  if (length > reader.left) throw malformed('early')
  reader.end = reader.at + length
  const properties: Record<string, unknown> = {}
  while (reader.left) readOne(reader, packet, properties)
  reader.end = end
  return properties
}

function readOne(reader: Reader, packet: number, properties: Record<string, unknown>): void {
  const id = reader.byte()
  const row = byId.get(id)
  if (!row || !((row[3] >> packet) & 1)) throw malformed('property', undefined, id)
  const [, name, kind] = row
  const value = kind === 'pair' ? ([reader.text(), reader.text()] as const) : reader[kind]()
  const before = properties[name]
  if (kind === 'pair' || (kind === 'varint' && (packet === 3 || !before)))
    properties[name] = before ? [...(before as unknown[]), value] : [value]
  else if (before !== undefined) throw malformed('twice', PROTOCOL_ERROR, name)
  else properties[name] = value
  // Those that may not be 0, and the one that may only be 0 or 1.
  const isZero = value === 0 && (id === 11 || id === 33 || id === 35 || id === 39)
  if (isZero || (id === 36 && (value as number) > 1))
    throw malformed('value', id === 35 ? ALIAS_INVALID : PROTOCOL_ERROR, name)
}
