import { isTopic, type Properties, type Qos, sizeOf } from '@org/realtime-mqtt/codec'
import type { Core } from '../core.ts'
import { refused } from '../to-message.ts'
import { Message } from './message.ts'
import { isTooDeep } from './topic-tree.ts'

export interface MqttPublishOptions {
  /** @default 0 */
  readonly qos?: Qos
  /** Keeps it for who subscribes later; an empty payload removes what was kept. @default false */
  readonly retain?: boolean
  /** Of MQTT 5; intervals are in seconds. */
  readonly properties?: Properties
}

/** @throws ServerError `publish.refused` */
export async function publishMqtt(
  { mqtt, clock }: Core,
  topic: string,
  payload: string | Uint8Array,
  { qos = 0, retain = false, properties }: MqttPublishOptions = {},
): Promise<void> {
  if (!mqtt) throw refused(topic, 'MQTT is not served: option `mqtt`')
  if (!isTopic(topic) || isTooDeep(topic)) throw refused(topic, 'it is no topic')
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  const message = new Message({ topic, payload: bytes, qos, retain, properties }, undefined, clock.now())
  const { packetBytes } = mqtt.broker.settings
  if (toSize(message, clock.now()) > packetBytes)
    throw refused(topic, 'the payload is larger than mqtt.packetBytes')
  if (!(await mqtt.broker.publish(message))) throw refused(topic, 'there is no room to retain it')
}

/** Infinity for what cannot be written. */
function toSize(message: Message, now: number): number {
  try {
    return sizeOf(message.toPublish({ message, qos: message.qos, retain: false }, 1, false, now), 5)
  } catch {
    return Infinity
  }
}
