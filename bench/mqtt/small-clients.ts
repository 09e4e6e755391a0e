import paho from 'paho-mqtt'
import u8mqtt from 'u8-mqtt/esm/node/v4.js'
import { WebSocket } from 'ws'
import type { BenchClient } from './clients.ts'

/** Both take the WebSocket of browsers. */
Object.assign(globalThis, { WebSocket })

/** No QoS 2; `post`, its QoS 0, rejects with a TypeError in 0.6.7. */
export async function openU8(url: string): Promise<BenchClient> {
  // It tells every turn of its connection there, and the output is ours.
  console.info = () => {}
  const client = u8mqtt()
  if (url.startsWith('ws')) client.with_websock(url)
  else client.with_tcp(url)
  await client.connect({ client_id: 'bench-u8' })
  return {
    publish: (topic, payload, qos) => client.pub({ topic, payload, qos: qos as 0 | 1 }),
    receive(start, qos, got) {
      client.subscribe_topic('sensors/:name/temperature', got)
      client.subscribe([[start, { qos }]])
    },
    close: () => client.disconnect(),
  }
}

/** WebSocket alone. */
export async function openPaho(url: string): Promise<BenchClient> {
  const client = new paho.Client(url, 'bench-paho')
  await new Promise<void>((onSuccess, onFailure) => client.connect({ onSuccess, onFailure }))
  const waiting = new Map<object, () => void>()
  client.onMessageDelivered = (message) => {
    waiting.get(message)?.()
    waiting.delete(message)
  }
  return {
    publish: (topic, payload, qos) =>
      new Promise<void>((resolve) => {
        const message = new paho.Message(payload)
        message.destinationName = topic
        message.qos = qos
        waiting.set(message, resolve)
        client.send(message)
      }),
    receive(start, qos, got) {
      client.onMessageArrived = got
      client.subscribe('sensors/+/temperature', { qos: 0 })
      client.subscribe(start, { qos })
    },
    async close() {
      client.disconnect()
    },
  }
}
