import type { Disconnect } from '@org/realtime-mqtt/codec'
import type { MqttConnection } from './connection.ts'
import { reasons } from './reasons.ts'
import { toExpiryMs } from './session-expiry.ts'
import { Violation } from './violation.ts'

/** The client leaves: without its will, unless it asks for it [MQTT-3.14.4-3]. */
export function disconnect(
  { session, wire, broker }: MqttConnection,
  { code, properties }: Disconnect,
): void {
  const asked = properties?.sessionExpiryInterval
  if (asked !== undefined) {
    if (asked && !session.expiryMs)
      throw new Violation(reasons.protocolError, 'A session that ends with its connection cannot be kept')
    session.expiryMs = toExpiryMs(asked, broker.settings)
  }
  if (code === 0) session.will = undefined
  wire.close(1000)
}
