import type { LinkEvents } from '@org/realtime-core/kit'
import type { Breach } from './codec/malformed.ts'
import type { Packet } from './codec/packets.ts'
import type { Properties } from './codec/properties.ts'

/** One connection as the parts of a link share it. */
export interface Wire {
  readonly events: LinkEvents
  /** What the server said of itself in CONNACK. */
  readonly server: Properties
  readonly isV5: boolean
  /** SUBSCRIBE and UNSUBSCRIBE without an answer, by packet identifier. */
  readonly asked: Map<number, readonly string[]>
  /** Throws `message.too-large` for more than the server takes, and `protocol.violation` for what cannot be written. */
  send(packet: Packet): void
  /** Tells the server why, where it can be told, and ends the connection [MQTT-4.13.1-1]. */
  violate(code: number, breach: Breach, fact?: number | string): void
}
