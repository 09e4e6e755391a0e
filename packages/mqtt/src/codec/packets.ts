import type { Properties } from './properties.ts'

/** The protocol levels: 3 is MQTT 3.1 (`MQIsdp`), 4 is 3.1.1, 5 is 5.0. */
export type Level = 3 | 4 | 5

export type Qos = 0 | 1 | 2

/** What only level 5 has; other levels neither write nor read it. */
interface WithProperties {
  readonly properties?: Properties | undefined
}

export interface Will extends WithProperties {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: Qos
  readonly retain: boolean
}

export interface Connect extends WithProperties {
  readonly type: 'connect'
  readonly level: Level
  readonly clientId: string
  /** Clean Session; at level 5 Clean Start. */
  readonly clean: boolean
  /** In seconds. */
  readonly keepAlive: number
  readonly username?: string | undefined
  readonly password?: Uint8Array | undefined
  readonly will?: Will | undefined
}

export interface Connack extends WithProperties {
  readonly type: 'connack'
  /** How it was written: a server that knows nothing of 5 answers in the form of 3.1.1. */
  readonly level: Level
  readonly sessionPresent: boolean
  readonly code: number
}

export interface Publish extends WithProperties {
  readonly type: 'publish'
  readonly topic: string
  /** Decoded, it is a view of the bytes it came in. */
  readonly payload: Uint8Array
  readonly qos: Qos
  readonly retain: boolean
  readonly dup: boolean
  /** 0 at QoS 0. */
  readonly id: number
}

/** The answers on the way of a publish. */
export interface Ack extends WithProperties {
  readonly type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp'
  readonly id: number
  /** 0 at other levels than 5. */
  readonly code: number
}

/** One filter of a SUBSCRIBE. All but `qos` is of level 5. */
export interface FilterRequest {
  readonly filter: string
  readonly qos: Qos
  readonly noLocal?: boolean
  readonly retainAsPublished?: boolean
  /** 0: what is retained is sent; 1: only to a new subscription; 2: never. */
  readonly retainHandling?: 0 | 1 | 2
}

export interface Subscribe extends WithProperties {
  readonly type: 'subscribe'
  readonly id: number
  readonly filters: readonly FilterRequest[]
}

export interface Suback extends WithProperties {
  readonly type: 'suback'
  readonly id: number
  /** One for each filter, in their order. */
  readonly codes: readonly number[]
}

export interface Unsubscribe extends WithProperties {
  readonly type: 'unsubscribe'
  readonly id: number
  readonly filters: readonly string[]
}

export interface Unsuback extends WithProperties {
  readonly type: 'unsuback'
  readonly id: number
  /** One for each filter, in their order; none at other levels than 5. */
  readonly codes: readonly number[]
}

export interface Ping {
  readonly type: 'pingreq' | 'pingresp'
}

/** Only at level 5 with a code, and from servers. */
export interface Disconnect extends WithProperties {
  readonly type: 'disconnect'
  readonly code: number
}

export interface Auth extends WithProperties {
  readonly type: 'auth'
  readonly code: number
}

export type Packet =
  | Connect
  | Connack
  | Publish
  | Ack
  | Subscribe
  | Suback
  | Unsubscribe
  | Unsuback
  | Ping
  | Disconnect
  | Auth

/** By the number of the type on the wire, which is the index. */
export const packetTypes = [
  '',
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'pingreq',
  'pingresp',
  'disconnect',
  'auth',
] as const satisfies readonly (Packet['type'] | '')[]
