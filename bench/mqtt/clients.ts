import { createMqtt, type PayloadCodec } from '@org/realtime-mqtt'
import mqttJs from 'mqtt'
import { openPaho, openU8 } from './small-clients.ts'

/** A client as the benchmark drives it. */
export interface BenchClient {
  publish(topic: string, payload: Uint8Array, qos: 0 | 1 | 2): Promise<unknown>
  /** Listens to `sensors/+/temperature`, and to what starts the messages. */
  receive(start: string, qos: 0 | 1, got: () => void): void
  close(): Promise<unknown>
}

const FILTER = 'sensors/+/temperature'

export const clients: Readonly<Record<string, (url: string) => Promise<BenchClient>>> = {
  async ours(url) {
    // As MQTT.js does it: the bytes as they came, not copied.
    const payload: PayloadCodec = { encode: () => new Uint8Array(0), decode: (bytes) => bytes }
    const client = createMqtt({ url, version: '3.1.1', inFlight: 200, payload })
    await client.connect()
    return {
      publish: (topic, payload, qos) => client.mqtt.publish(topic, payload, { qos }),
      receive(start, qos, got) {
        client.untyped(FILTER).on('message', got)
        client.untyped(start, { qos }).join()
      },
      close: () => client.close(),
    }
  },
  async 'MQTT.js'(url) {
    const client = await mqttJs.connectAsync(url, { protocolVersion: 4 })
    return {
      publish: (topic, payload, qos) => client.publishAsync(topic, payload as Buffer, { qos }),
      receive(start, qos, got) {
        client.on('message', got)
        client.subscribe([FILTER])
        client.subscribe(start, { qos })
      },
      close: () => client.endAsync(true),
    }
  },
  'u8-mqtt': openU8,
  'paho-mqtt': openPaho,
}
