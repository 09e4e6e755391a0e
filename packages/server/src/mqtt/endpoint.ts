import { createFramer } from '@org/realtime-mqtt/codec'
import type { Endpoint } from '../wire.ts'
import type { Broker } from './broker.ts'
import { MqttConnection } from './connection.ts'
import { spoil } from './packets.ts'

/** MQTT 3.1, 3.1.1 and 5, over whatever carries bytes. */
export function createMqttEndpoint(broker: Broker): Endpoint {
  return {
    name: 'mqtt',
    // Those that old clients offer mean the same [MQTT-6.0.0-3].
    subprotocol: (offered) => offered.find((name) => SUBPROTOCOLS.includes(name)) ?? false,
    cut: (frame) =>
      createFramer(broker.settings.packetBytes, (bytes, start, _body, end) =>
        frame(bytes.subarray(start, end)),
      ),
    spoil,
    accept: (wire) => new MqttConnection(wire, broker),
    stop: () => broker.stop(),
  }
}

const SUBPROTOCOLS = ['mqtt', 'mqttv3.1']
