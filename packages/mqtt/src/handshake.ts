import type { Connect, Will } from './codec/packets.ts'
import type { Properties } from './codec/properties.ts'
import { toBytes } from './payloads.ts'
import type { SessionState } from './session-state.ts'

/** Who a client says it is. */
export interface MqttCredentials {
  readonly username?: string
  readonly password?: string | Uint8Array
}

/** Enhanced authentication of MQTT 5. */
export interface MqttAuth {
  /** The name of the method, such as `SCRAM-SHA-256`. */
  readonly method: string
  /** What the exchange begins with. Called for every connection, and when credentials are renewed. */
  readonly begin?: () => Uint8Array | undefined | Promise<Uint8Array | undefined>
  /** The answer to what the server asks. */
  readonly respond?: (
    challenge: Uint8Array | undefined,
  ) => Uint8Array | undefined | Promise<Uint8Array | undefined>
}

/** What the server publishes when this client is gone without a goodbye. */
export interface MqttWill {
  readonly topic: string
  /** Text goes as UTF-8. */
  readonly payload: string | Uint8Array
  /** @default 0 */
  readonly qos?: 0 | 1 | 2
  /** @default false */
  readonly retain?: boolean
  /** How long after the loss; a client that is back before sends none. MQTT 5. @default 0 */
  readonly delayMs?: number
  /** Of MQTT 5. */
  readonly properties?: Properties
}

export interface ConnectOptions {
  readonly clean: boolean
  readonly sessionExpiryMs: number
  readonly keepAliveMs: number
  readonly receiveMaximum: number
  readonly maximumPacketSize: number
  readonly topicAliasMaximum: number
  readonly will: MqttWill | undefined
  readonly auth: MqttAuth | undefined
  /** Further properties of CONNECT. */
  readonly properties: Properties | undefined
}

export const toSeconds = (ms: number): number => Math.min(Math.ceil(ms / 1000), 0xffff_ffff)

/** `isNew`: nothing of an earlier session is to be continued. */
export function toConnect(
  state: Pick<SessionState, 'clientId' | 'level'>,
  options: ConnectOptions,
  isNew: boolean,
  credentials: MqttCredentials | undefined,
  authData: Uint8Array | undefined,
): Connect {
  const { clientId, level } = state
  const { username, password } = credentials ?? {}
  return {
    type: 'connect',
    level,
    clientId,
    // Before level 5 one flag says both how it begins and that it does not outlive the connection.
    clean: isNew || (level < 5 && options.clean),
    keepAlive: Math.min(toSeconds(options.keepAliveMs), 65_535),
    // Before level 5 there is no password without a user [MQTT-3.1.2-22].
    username: username ?? (level < 5 && password !== undefined ? '' : undefined),
    password: typeof password === 'string' ? toBytes(password) : password,
    will: options.will && toWill(options.will),
    properties: {
      sessionExpiryInterval: toSeconds(options.sessionExpiryMs) || undefined,
      receiveMaximum: options.receiveMaximum < 65_535 ? options.receiveMaximum : undefined,
      maximumPacketSize: options.maximumPacketSize,
      topicAliasMaximum: options.topicAliasMaximum || undefined,
      authenticationMethod: options.auth?.method,
      authenticationData: authData,
      ...options.properties,
    } as Properties,
  }
}

function toWill({ topic, payload, qos = 0, retain = false, delayMs = 0, properties }: MqttWill): Will {
  const willDelayInterval = toSeconds(delayMs) || undefined
  return {
    topic,
    payload: typeof payload === 'string' ? toBytes(payload) : payload,
    qos,
    retain,
    properties: { willDelayInterval, ...properties } as Properties,
  }
}
