import type { Protocol } from '@org/realtime-core/kit'
import { createMqttProtocol, type MqttProtocol, type MqttProtocolOptions } from './mqtt-protocol.ts'
import { names } from './names.ts'
import { createRetained } from './retained.ts'

/** A protocol with everything that `createMqtt` fills in. */
export function createProtocol(options: Partial<MqttProtocolOptions> = {}): MqttProtocol {
  return createMqttProtocol({
    level: 5,
    clientId: 'me',
    clean: true,
    sessionExpiryMs: 0,
    keepAliveMs: 20_000,
    names: names.message,
    payload: 'json',
    republish: 'qos1',
    manualAck: false,
    inFlight: 65_535,
    receiveMaximum: 65_535,
    maximumPacketSize: 1_000_000,
    topicAliasMaximum: 16,
    will: undefined,
    auth: undefined,
    properties: undefined,
    retained: createRetained(),
    redirect: () => false,
    mayAskAgain: false,
    takeover: { check: async () => {}, accepted() {}, ended() {}, rest() {} },
    ...options,
  })
}

/** For what takes any protocol. */
export const untyped = (protocol: MqttProtocol): Protocol => protocol as unknown as Protocol
