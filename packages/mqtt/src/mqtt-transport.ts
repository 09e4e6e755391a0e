import {
  type SessionEvents,
  type Transport,
  type WebSocketOptions,
  websocketTransport,
} from '@org/realtime-core/kit'
import { tcpTransport } from '#tcp'
import { invalidAddress } from './address.ts'
import type { TlsOptions } from './tcp.ts'

/** WebSocket everywhere, and in Node TCP and TLS too: the scheme of the address decides. */
export function mqttTransport(
  websocket: WebSocketOptions | undefined,
  tls: TlsOptions | undefined,
): Transport {
  const overWebSocket = websocketTransport({ ...websocket, ...(tls && { tls }) })
  const overTcp = tcpTransport?.(tls)
  return (target, events) => {
    if (!target.url.startsWith('mqtt')) return overWebSocket(target, withHint(events))
    if (!overTcp) throw invalidAddress('one with ws or wss: only Node has TCP')
    return overTcp(target, events)
  }
}

/** A port that speaks MQTT without WebSocket ends an upgrade without a word. */
function withHint(events: SessionEvents): SessionEvents {
  let isOpen = false
  return {
    open(subprotocol) {
      isOpen = true
      events.open(subprotocol)
    },
    frame: (frame) => events.frame(frame),
    end(end) {
      if (isOpen || end.status) return events.end(end)
      events.end({ ...end, reason: 'If the port speaks MQTT over TCP (mostly 1883), use mqtt: in Node' })
    },
  }
}
