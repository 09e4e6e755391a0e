import {
  type Channels,
  type Client,
  type ClientOptions,
  invalid,
  oneOf,
  type Provider,
  type Receipt,
  type Store,
  type WebSocketOptions,
} from '@org/realtime-core/kit'
import type { MqttCapabilities } from './basics.ts'
import type { Qos } from './codec/packets.ts'
import type { Properties } from './codec/properties.ts'
import { isTopic } from './codec/topics.ts'
import type { MqttAuth, MqttCredentials, MqttWill } from './handshake.ts'
import type { MqttMeta } from './incoming.ts'
import type { MqttSession } from './mqtt-protocol.ts'
import type { PayloadFormat } from './payloads.ts'
import type { KeptSession } from './session-store.ts'
import type { TlsOptions } from './tcp.ts'
import { findWrong } from './wrong-options.ts'

export interface MqttOptions<R extends Channels>
  extends Omit<ClientOptions<R, MqttCapabilities, MqttMeta, '/'>, 'protocol' | 'credentials'> {
  /** `ws`, `wss`, in Node also `mqtt` and `mqtts`; a bare host is a WebSocket. A function is called before every dial. */
  readonly url: Provider<string>
  /** User name and password, which may not stand in `url`. A function is called before every dial, and once more when it was refused. */
  readonly credentials?: Provider<MqttCredentials | undefined>
  /** Enhanced authentication of MQTT 5. */
  readonly auth?: MqttAuth
  /** 5 falls back to 3.1.1 where the server does not know it. @default 5 */
  readonly version?: 5 | '3.1.1'
  /** Two clients of one id evict each other. Empty: the server assigns one. @default a random one */
  readonly clientId?: string
  /**
   * Begins with a new session, instead of going on with one that the server has kept. Before MQTT 5 also: keeps
   * none beyond the connection.
   * @default true
   */
  readonly clean?: boolean
  /**
   * Keeps publishes of QoS 1 and 2, and the session they belong to, beyond this process; needs `clean: false`.
   * @default none
   */
  readonly store?: KeptSession
  /** How long the server keeps the session without a connection. MQTT 5. @default 0, without `clean` 3600000 */
  readonly sessionExpiryMs?: number
  /** What becomes of publishes that a lost session leaves in doubt: QoS 1 is published again. @default 'qos1' */
  readonly republish?: 'none' | 'qos1' | 'all'
  /** The longest silence of this client; 0 turns pings off. The server's own wish counts. @default 20000 */
  readonly keepAliveMs?: number
  readonly will?: MqttWill
  /** `message`: a channel is a topic or filter. `last-level`: its last level is the event. @default 'message' */
  readonly events?: 'message' | 'last-level'
  /** What payloads are, for all topics or by topic. @default 'json' */
  readonly payload?: PayloadFormat | ((topic: string) => PayloadFormat)
  /** Messages of QoS 1 and 2 are acknowledged by `meta.ack()`. @default false */
  readonly manualAck?: boolean
  /**
   * How many publishes of QoS 1 and 2 may be unanswered at once; the server may take fewer.
   * @default 65535, before MQTT 5 20
   */
  readonly inFlight?: number
  /** How many messages of QoS 1 and 2 the server is to send ahead; what comes beyond is taken too. MQTT 5. @default 65535 */
  readonly receiveMaximum?: number
  /** A longer packet of the server ends the connection. @default 16777216 */
  readonly maximumPacketBytes?: number
  /** How many topic aliases the server may use. Ours are used as the server allows. MQTT 5. @default 16 */
  readonly topicAliasMaximum?: number
  /** Further properties of CONNECT. MQTT 5. */
  readonly properties?: Properties
  /** Says where to dial when the server names another one; nothing: not there. @default nowhere */
  readonly redirect?: (serverReference: string) => string | undefined
  /** Options of the WebSocket. */
  readonly websocket?: Omit<WebSocketOptions, 'tls'>
  /** Certificates of `mqtts:` and `wss:`. Node only. */
  readonly tls?: TlsOptions
}

export interface MqttPublishOptions {
  /** @default 0 */
  readonly qos?: Qos
  /** @default false */
  readonly retain?: boolean
  /** Of MQTT 5. */
  readonly properties?: Properties
  readonly ttlMs?: number
  readonly signal?: AbortSignal
}

export interface MqttCloseOptions {
  /** How long what waits may take to be sent. @default 0 */
  readonly drainMs?: number
  /** Lets the server publish the will all the same. MQTT 5. @default false */
  readonly withWill?: boolean
  /** How long the server keeps the session from now on; only where it was not 0. MQTT 5. */
  readonly sessionExpiryMs?: number
}

/** What MQTT has besides channels. */
export interface Mqtt {
  /** The session of the newest connection. */
  readonly session: Store<MqttSession | undefined>
  /** Publishes to a topic: text and bytes as they are, anything else as JSON. */
  publish(topic: string, payload: unknown, options?: MqttPublishOptions): Promise<Receipt>
  /** Who this client is for the server. */
  clientId(): string
  /** The channel and event that a topic belongs to. */
  locate(topic: string): readonly [channel: string, event: string]
  /** The QoS that the server granted a channel, once it has been joined. */
  granted(channel: string): Qos | undefined
  /** As `client.close()`, with what only MQTT can say. */
  close(options?: MqttCloseOptions): Promise<void>
}

export type MqttClient<R extends Channels> = Client<R, MqttCapabilities, MqttMeta, '/'> & {
  readonly mqtt: Mqtt
}

const DAY_MS = 86_400_000

const limits = {
  keepAliveMs: [0, 65_535_000],
  sessionExpiryMs: [0, Infinity],
  inFlight: [1, 65_535],
  receiveMaximum: [1, 65_535],
  maximumPacketBytes: [128, 268_435_460],
  topicAliasMaximum: [0, 65_535],
} as const

/** Defaults filled in, and what cannot be right refused by name. */
export function resolveMqtt(options: MqttOptions<Channels>) {
  const { clean = true, version = 5, will } = options
  const resolved = {
    clean,
    level: version === 5 ? (5 as const) : (4 as const),
    republish: oneOf('republish', options.republish, ['qos1', 'none', 'all']),
    events: oneOf('events', options.events, ['message', 'last-level']),
    payload: options.payload ?? 'json',
    manualAck: options.manualAck ?? false,
    keepAliveMs: options.keepAliveMs ?? 20_000,
    sessionExpiryMs: options.sessionExpiryMs ?? (clean ? 0 : DAY_MS / 24),
    inFlight: options.inFlight,
    receiveMaximum: options.receiveMaximum ?? 65_535,
    maximumPacketBytes: options.maximumPacketBytes ?? 16_777_216,
    topicAliasMaximum: options.topicAliasMaximum ?? 16,
  }
  for (const [name, [least, most]] of Object.entries(limits)) {
    const value: unknown = resolved[name as keyof typeof limits]
    if (value === undefined && name === 'inFlight') continue
    if (typeof value !== 'number' || !(value >= least && value <= most))
      throw invalid(name, `a number from ${least} to ${most}`, value)
  }
  if (version !== 5 && version !== '3.1.1') throw invalid('version', "5 or '3.1.1'", version)
  if (will && !isTopic(will.topic)) throw invalid('will.topic', 'a topic without wildcards', will.topic)
  if (options.store && clean) throw invalid('store', 'used with clean: false', true)
  // [MQTT-3.1.3-7]
  if (options.clientId === '' && !clean && version !== 5)
    throw invalid('clientId', "set with clean: false and version '3.1.1'", '')
  const wrong = findWrong(options)
  if (wrong) throw invalid(...wrong)
  return resolved
}
