import {
  createOutbox,
  type ErrorCode,
  type LinkEvents,
  type Meta,
  type OutgoingMessage,
  type Protocol,
  RealtimeError,
  type Verdict,
} from '@org/realtime-core/kit'
import { decodePacket, encodePacket, type Packet } from './binary-packets.ts'
import { isFilter, matchesTopic } from './topic-filter.ts'

export interface BinaryMeta extends Meta {
  topic?: string
  again?: boolean
}

export type BinaryCapabilities = typeof capabilities

const capabilities = { presence: false, publish: 'anyone', ack: 'at-least-once', history: false } as const
const heartbeat = { sendIdleMs: 20_000, receiveIdleMs: 30_000, answerMs: 5000 }
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** What the client keeps of a session that the server keeps too. */
interface SessionState {
  readonly filters: Set<string>
  /** Messages without an acknowledgement, by packet id, in the order of sending. */
  readonly inFlight: Map<number, OutgoingMessage>
  lastId: number
}

/**
 * A protocol whose sessions outlive sockets: packets of bytes, channels that are topic filters, and
 * messages in flight that are sent again under the same packet id. One object serves one client.
 */
export function createBinaryProtocol(clientId = 'test'): Protocol<BinaryCapabilities, BinaryMeta, '/'> {
  const state: SessionState = { filters: new Set(), inFlight: new Map(), lastId: 0 }
  return {
    name: 'binary',
    capabilities,
    separator: '/',
    subprotocols: ['binary'],
    outbox: createOutbox,
    encode: (payload) =>
      payload instanceof Uint8Array ? payload : encoder.encode(JSON.stringify(payload) ?? 'null'),
    open(session, events, { credentials, past }) {
      if (past !== 'kept') state.inFlight.clear()
      const send = (packet: Packet): void => session.send(encodePacket(packet))
      send({ type: 'connect', clientId, token: typeof credentials === 'string' ? credentials : '' })
      return {
        receive(frame) {
          if (typeof frame === 'string') throw new RealtimeError('message.malformed', 'Packet is text', {})
          handle(decodePacket(frame), events, state, send)
        },
        ping: () => send({ type: 'pingreq' }),
        subscribe(requests) {
          const filters = requests.map(({ key }) => key)
          for (const filter of filters) state.filters.add(filter)
          send({ type: 'subscribe', filters })
        },
        unsubscribe(filter) {
          state.filters.delete(filter)
          send({ type: 'unsubscribe', filters: [filter] })
        },
        publish(message) {
          if (isFilter(message.key)) throw notATopic(message)
          const isAcked = message.delivery === 'at-least-once'
          const id = isAcked ? nextId(state) : 0
          send(toPacket(id, message, message.resent))
          if (!isAcked) return 'sent'
          state.inFlight.set(id, message)
          return 'pending'
        },
        goodbye: () => send({ type: 'disconnect', code: 0 }),
      }
    },
  }
}

function handle(
  packet: Packet,
  events: LinkEvents,
  state: SessionState,
  send: (packet: Packet) => void,
): void {
  switch (packet.type) {
    case 'connack': {
      if (packet.code) return fail(packet.code, events)
      const { present } = packet
      if (present) for (const [id, message] of state.inFlight) send(toPacket(id, message, true))
      else {
        state.filters.clear()
        state.inFlight.clear()
      }
      // Only now: what waits in the outbox must not overtake what is sent again.
      return events.ready({ resumed: present, subscriptions: present ? 'kept' : 'lost', heartbeat })
    }
    case 'publish': {
      const { topic, again, payload, id } = packet
      if (id) send({ type: 'puback', id, code: 0 })
      const keys = [...state.filters].filter((filter) => matchesTopic(filter, topic))
      const meta: BinaryMeta = { topic, again }
      return keys.length ? events.message(keys, 'message', payload, meta, decode) : undefined
    }
    case 'puback': {
      const message = state.inFlight.get(packet.id)
      if (!message) return
      state.inFlight.delete(packet.id)
      return events.settled(
        message.id,
        packet.code ? { refused: refused(message, packet.code) } : 'acknowledged',
      )
    }
    case 'suback': {
      const { filter: channel, code } = packet
      if (!code) return events.joined(channel)
      state.filters.delete(channel)
      const error = new RealtimeError('channel.rejected', `Server refused ${channel}`, { channel, code })
      return events.refused(channel, error, code === BUSY)
    }
    case 'pingresp':
      return events.pong()
    case 'disconnect':
      return fail(packet.code, events)
    default:
      throw new RealtimeError('message.malformed', `Packet ${packet.type} is only for servers`, {})
  }
}

const BUSY = 0x97

/** The one table from a code of the wire to what the connection does. */
const codes: Readonly<Record<number, readonly [Verdict, ErrorCode, string]>> = {
  134: ['stop', 'auth.failed', 'Server refused the token'],
  136: ['retry', 'connection.lost', 'Server is unavailable'],
  139: ['retry', 'connection.lost', 'Server is shutting down'],
  142: ['stop', 'connection.replaced', 'Another client took the session over'],
  157: ['retry-now', 'connection.lost', 'Server has moved'],
}

function fail(code: number, events: LinkEvents): void {
  const [verdict, name, sentence] = codes[code] ?? [
    'retry',
    'protocol.violation',
    'Server gave an unknown code',
  ]
  events.fail(verdict, new RealtimeError(name, `${sentence} (${code})`, { code }))
}

const decode = (payload: unknown): unknown => JSON.parse(decoder.decode(payload as Uint8Array))

function toPacket(id: number, { key: topic, payload }: OutgoingMessage, again: boolean): Packet {
  return { type: 'publish', id, again, topic, payload: payload as Uint8Array }
}

function nextId(state: SessionState): number {
  do state.lastId = (state.lastId % 0xffff) + 1
  while (state.inFlight.has(state.lastId))
  return state.lastId
}

const refused = ({ id, key: channel, event }: OutgoingMessage, code: number): RealtimeError =>
  new RealtimeError('publish.refused', `Server refused a publish to ${channel}`, { channel, event, id, code })

const notATopic = ({ id, key: channel, event }: OutgoingMessage): RealtimeError =>
  new RealtimeError('publish.refused', `${channel} is a filter: publish to a topic`, { channel, event, id })
