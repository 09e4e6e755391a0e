import { type Channels, type Client, fault, invalid, toPromise } from '@org/realtime-core/kit'
import type { MqttCapabilities } from './basics.ts'
import type { Qos } from './codec/packets.ts'
import { isTopic } from './codec/topics.ts'
import { toSeconds } from './handshake.ts'
import type { MqttMeta } from './incoming.ts'
import type { Mqtt } from './mqtt-options.ts'
import type { MqttProtocol } from './mqtt-protocol.ts'
import type { Names } from './names.ts'
import { encodePayload, toBytes } from './payloads.ts'

const deliveries = ['at-most-once', 'at-least-once', 'exactly-once'] as const

const MOST_HANDLES = 100

/** Text and bytes as they are, anything else as JSON. */
const toPayload = (payload: unknown): Uint8Array =>
  typeof payload === 'string' ? toBytes(payload) : encodePayload('json', payload, '')

export function createVerbs(
  client: Client<Channels, MqttCapabilities, MqttMeta, '/'>,
  protocol: MqttProtocol,
  names: Names,
): Mqtt {
  /** A handle that only publishes holds nothing, and topics come again. */
  const handles = new Map<string, ReturnType<typeof client.untyped>>()
  const handleOf = (channel: string) => {
    const known = handles.get(channel)
    if (known) return known
    if (handles.size === MOST_HANDLES) handles.clear()
    const handle = client.untyped(channel)
    handles.set(channel, handle)
    return handle
  }

  return {
    session: protocol.session,
    publish(topic, payload, { qos = 0, ...options } = {}) {
      if (!isTopic(topic)) throw invalid('topic', 'a topic: not empty, and without wildcards', topic)
      const [channel, event] = names.fromTopic(topic)
      const delivery = deliveries[qos]
      if (!delivery) throw invalid('qos', '0, 1 or 2', qos)
      let bytes: Uint8Array
      try {
        bytes = toPayload(payload)
      } catch (cause) {
        return toPromise(fault('message.malformed', { channel, event, topic }, cause, 'cannot be encoded'))
      }
      return handleOf(channel).publish(event, bytes, { ...options, delivery })
    },
    clientId: () => protocol.state.clientId,
    locate: (topic) => names.fromTopic(topic),
    granted(channel) {
      const granted = protocol.state.filters.get(channel)?.granted
      return granted !== undefined && granted <= 2 ? (granted as Qos) : undefined
    },
    close({ drainMs = 0, withWill, sessionExpiryMs } = {}) {
      // [MQTT-3.14.2-2]
      if (sessionExpiryMs && !protocol.state.isKept)
        throw invalid('sessionExpiryMs', '0 where the server keeps no session', sessionExpiryMs)
      const properties = sessionExpiryMs !== undefined && {
        sessionExpiryInterval: toSeconds(sessionExpiryMs),
      }
      protocol.farewell = { code: withWill ? 4 : 0, ...(properties && { properties }) }
      return client.close({ drainMs })
    },
  }
}
