import {
  type Connect,
  createDecoder,
  type Decoder,
  encode,
  type Level,
  type Packet,
  type Publish,
} from '@org/realtime-mqtt/codec'
import {
  createSessionTable,
  type ServerSession,
  type SessionTable,
  type TestServer,
} from '../protocols/test-server.ts'
import { matchesTopic } from '../protocols/topic-filter.ts'

export interface MqttServerOptions {
  /** Whether a client is let in; others are told that their password is wrong. @default everybody */
  readonly authenticate?: (credentials: MqttPresented) => boolean
}

/** What a client has said of itself. */
export interface MqttPresented {
  readonly client: string
  readonly username: string | undefined
  readonly password: string | undefined
}

/**
 * A simulated broker: MQTT 5 and 3.1.1, retained messages, wills, and sessions that go on. It sends at QoS 0, and
 * takes every QoS. A channel is a topic or filter as the client has subscribed to it.
 */
export interface MqttServer extends TestServer {
  /** Sends to everybody whose filters match; other payloads than text and bytes as JSON. The event has no place on the wire. */
  publish(topic: string, event: string, payload: unknown): void
  /** The same, kept for who subscribes later. */
  retain(topic: string, payload: unknown): void
  /** What clients have presented, in the order of arrival. */
  readonly presented: readonly MqttPresented[]
  /** Forgets sessions: who comes back to one is told that there is none. */
  forgetSessions(): void
}

interface Connection extends ServerSession {
  channels: Set<string>
  readonly decoder: Decoder
  level: Level
  connect: Connect | undefined
}

export function createMqttServer({ authenticate = () => true }: MqttServerOptions = {}): MqttServer {
  const kept = new Map<string, Set<string>>()
  const retained = new Map<string, Uint8Array>()
  const presented: MqttPresented[] = []
  /** QoS 2 that is not released: client and packet id. */
  const open = new Set<string>()

  const table: SessionTable<Connection> = createSessionTable<Connection>({
    open(peer, number) {
      const packet = (packet: Packet): void => handle(connection, packet)
      const decoder = createDecoder({ role: 'server', packet })
      const connection: Connection = {
        peer,
        number,
        channels: new Set(),
        decoder,
        level: 4,
        connect: undefined,
      }
      return connection
    },
    frame(connection, frame) {
      try {
        if (typeof frame === 'string') throw new TypeError('MQTT is sent in binary frames')
        connection.decoder.push(frame)
      } catch {
        connection.peer.end({ code: 1002, reason: 'The client has broken the protocol' })
      }
    },
    over({ connect }) {
      if (connect?.will) deliver(connect.will.topic, connect.will.payload, connect.will.retain)
    },
  })

  const send = (connection: Connection, packet: Packet): void =>
    table.send(connection, packet.type, encode(packet, connection.level))

  const bring = (connection: Connection, topic: string, payload: Uint8Array, retain = false): void =>
    send(connection, { type: 'publish', topic, payload, qos: 0, retain, dup: false, id: 0 })

  const deliver = (topic: string, payload: Uint8Array, retain: boolean): void => {
    if (retain && payload.length) retained.set(topic, payload.slice())
    else if (retain) retained.delete(topic)
    for (const connection of table.sessions)
      if ([...connection.channels].some((filter) => hears(filter, topic))) bring(connection, topic, payload)
  }

  const admit = (connection: Connection, packet: Connect): void => {
    const { level, clientId, clean, username } = packet
    const password = packet.password && new TextDecoder().decode(packet.password)
    const who = { client: clientId, username, password }
    presented.push(who)
    connection.level = level
    const isRight = authenticate(who)
    const code = isRight ? 0 : level === 5 ? BAD_PASSWORD : BAD_PASSWORD_OLD
    const session = clean ? undefined : kept.get(clientId)
    connection.channels = session ?? new Set()
    kept.set(clientId, connection.channels)
    send(connection, { type: 'connack', level, sessionPresent: isRight && session !== undefined, code })
    if (isRight) connection.connect = packet
    else connection.peer.end({ code: 1008, reason: 'Wrong password' })
  }

  const take = (connection: Connection, { topic, payload, qos, retain, dup, id }: Publish): void => {
    const key = `${connection.connect?.clientId} ${id}`
    const isRepeat = qos === 2 && open.has(key)
    table.record(
      {
        id: qos ? `${id}` : undefined,
        channel: topic,
        event: 'message',
        payload: toValue(payload),
        session: connection.number,
        resent: dup,
      },
      isRepeat ? key : undefined,
    )
    if (qos === 2) open.add(key)
    if (qos) send(connection, { type: qos === 1 ? 'puback' : 'pubrec', id, code: 0 })
    if (!isRepeat) deliver(topic, payload, retain)
  }

  const handle = (connection: Connection, packet: Packet): void => {
    if (packet.type === 'connect') return admit(connection, packet)
    switch (packet.type) {
      case 'publish':
        return take(connection, packet)
      case 'pubrel':
        open.delete(`${connection.connect?.clientId} ${packet.id}`)
        return send(connection, { type: 'pubcomp', id: packet.id, code: 0 })
      case 'subscribe': {
        const filters = packet.filters.map(({ filter }) => filter)
        const joined = filters.filter((filter) => !table.refusals.has(filter))
        for (const filter of joined) connection.channels.add(filter)
        const codes = filters.map((filter) =>
          joined.includes(filter) ? 0 : connection.level === 5 ? 0x87 : 0x80,
        )
        send(connection, { type: 'suback', id: packet.id, codes })
        for (const [topic, payload] of retained)
          if (joined.some((filter) => hears(filter, topic))) bring(connection, topic, payload, true)
        return
      }
      case 'unsubscribe':
        for (const filter of packet.filters) connection.channels.delete(filter)
        return send(connection, { type: 'unsuback', id: packet.id, codes: packet.filters.map(() => 0) })
      case 'pingreq':
        return send(connection, { type: 'pingresp' })
      case 'disconnect':
        if (packet.code === 0) connection.connect = undefined
        return connection.peer.end({ code: 1000, reason: '' })
      default:
    }
  }

  return {
    ...table.verbs,
    received: table.received,
    presented,
    publish: (topic, _event, payload) => deliver(topic, toBytes(payload), false),
    retain: (topic, payload) => deliver(topic, toBytes(payload), true),
    forgetSessions: () => kept.clear(),
  }
}

const BAD_PASSWORD = 0x86
const BAD_PASSWORD_OLD = 4

/** Wildcards at the start match nothing of `$`. */
const hears = (filter: string, topic: string): boolean =>
  !(topic.startsWith('$') && /^[+#]/.test(filter)) &&
  matchesTopic(filter.replace(/^\$share\/[^/]+\//, ''), topic)

function toBytes(payload: unknown): Uint8Array {
  if (payload instanceof Uint8Array) return payload
  return new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload))
}

/** JSON where it is, else text. */
function toValue(payload: Uint8Array): unknown {
  const text = new TextDecoder().decode(payload)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
