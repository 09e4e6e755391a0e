import type { SessionEnd } from '@org/realtime-core/kit'
import type { MemoryPeer, MemoryTransport, ReceivedPublish, Refusal } from '@org/realtime-testing'
import {
  type Connack,
  type Connect,
  createDecoder,
  encode,
  type Level,
  type Packet,
  type Properties,
} from './codec.ts'
import { matches } from './matches-test-setup.ts'

interface Kept {
  /** Filter to identifier, 0 for none. */
  readonly filters: Map<string, { readonly qos: number; readonly identifier: number }>
  readonly received: Set<number>
  waiting: Packet[]
  nextId: number
}

interface Session {
  readonly peer: MemoryPeer
  readonly number: number
  level: Level
  connect: Connect | undefined
  kept: Kept | undefined
}

/** A broker in memory that does as it is told: well-behaved unless a test says otherwise. */
export interface FakeBroker {
  attach(transport: MemoryTransport): () => void
  publish(topic: string, event: string, payload: unknown): void
  /** The same with all that a PUBLISH can say. */
  deliver(packet: Partial<Packet & { type: 'publish' }> & { topic: string }): void
  readonly received: readonly ReceivedPublish[]
  /** Every packet of clients, copied. */
  readonly packets: readonly Packet[]
  readonly sessions: number
  joined(filter: string): number
  refuse(filter: string, refusal?: Refusal): void
  /** The same with this code. */
  refuseWith(filter: string, code: number): void
  withhold(...types: Packet['type'][]): void
  release(): void
  dropAll(end?: SessionEnd): void
  forgetSessions(): void
  /** Sends to every open session, at its level. */
  send(packet: Packet): void
  sendBytes(...bytes: number[]): void
  /** What it picks of those offered. @default the first */
  subprotocol: string | undefined
  /** What CONNACK says from now on. */
  connack: Partial<Connack>
  /** Answers otherwise than usual, unless it returns false; `usual` does with any packet what is usual. */
  instead: (packet: Packet, answer: (packet: Packet) => void, usual: (packet: Packet) => void) => boolean
}

const ack = (type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp', id: number): Packet => ({ type, id, code: 0 })

export function createFakeBroker(): FakeBroker {
  const clients = new Map<string, Kept>()
  const sessions = new Set<Session>()
  const received: ReceivedPublish[] = []
  const packets: Packet[] = []
  const refused = new Map<string, number>()
  const known = new Set<string>()
  let withheld: ReadonlySet<string> | 'all' = new Set<string>()
  let count = 0

  const send = (session: Session, packet: Packet): void => {
    if (withheld === 'all' || withheld.has(packet.type) || session.peer.state !== 'open') return
    session.peer.send(encode(packet, session.level))
  }

  const connect = (session: Session, packet: Connect): void => {
    session.connect = packet
    for (const other of [...sessions])
      if (other !== session && other.connect?.clientId === packet.clientId) {
        if (other.level === 5) send(other, { type: 'disconnect', code: 0x8e })
        other.peer.end({ code: 1000, reason: '' })
      }
    const id = broker.connack.properties?.assignedClientIdentifier ?? packet.clientId
    const before = packet.clean ? undefined : clients.get(id)
    const kept = before ?? { filters: new Map(), received: new Set(), waiting: [], nextId: 0 }
    session.kept = kept
    const outlives = packet.level === 5 ? (packet.properties?.sessionExpiryInterval ?? 0) > 0 : !packet.clean
    if (outlives) clients.set(id, kept)
    else clients.delete(id)
    send(session, {
      type: 'connack',
      level: packet.level,
      sessionPresent: before !== undefined,
      code: 0,
      properties: undefined,
      ...broker.connack,
    })
    for (const waiting of kept.waiting) send(session, waiting)
  }

  const take = (session: Session, packet: Packet & { type: 'publish' }): void => {
    const { topic, payload, id, dup, qos } = packet
    const kept = session.kept as Kept
    const key = `${session.connect?.clientId} ${id} ${topic} ${payload}`
    const isRepeated = qos > 0 && known.has(key)
    if (qos) known.add(key)
    received.push({
      id: qos ? `${id}` : undefined,
      channel: topic,
      event: 'message',
      payload: parse(payload),
      session: session.number,
      duplicate: isRepeated,
      resent: dup,
    })
    if (qos === 2) kept.received.add(id)
    if (qos) send(session, ack(qos === 1 ? 'puback' : 'pubrec', id))
    const { topicAlias: _, ...properties } = packet.properties ?? {}
    if (!isRepeated) spread({ ...packet, dup: false, retain: false, properties })
  }

  const spread = (packet: Packet & { type: 'publish' }): void => {
    const homes = new Map<Kept, Session | undefined>([...clients.values()].map((kept) => [kept, undefined]))
    for (const session of sessions) if (session.kept) homes.set(session.kept, session)
    for (const [kept, session] of homes) {
      const found = [...kept.filters].filter(([filter]) => matches(filter, packet.topic))
      if (!found.length) continue
      const qos = Math.min(packet.qos, Math.max(...found.map(([, how]) => how.qos))) as 0 | 1 | 2
      const identifiers = found.flatMap(([, { identifier }]) => (identifier ? [identifier] : []))
      const properties = {
        ...packet.properties,
        ...(identifiers.length && { subscriptionIdentifiers: identifiers }),
      } as Properties
      if (qos) kept.nextId = (kept.nextId % 65_535) + 1
      const id = qos && kept.nextId
      const copy: Packet = {
        ...packet,
        qos,
        id,
        properties: Object.keys(properties).length ? properties : undefined,
      }
      if (session?.peer.state === 'open') send(session, copy)
      else kept.waiting.push(copy)
    }
  }

  const handle = (session: Session, packet: Packet): void => {
    if (packet.type === 'connect') session.level = packet.level
    const isDone = broker.instead(
      packet,
      (answer) => send(session, answer),
      (other) => usual(session, other),
    )
    if (!isDone) usual(session, packet)
  }

  const usual = (session: Session, packet: Packet): void => {
    const { kept } = session
    if (packet.type === 'connect') return connect(session, packet)
    if (!kept) return session.peer.end({ code: 1002, reason: 'CONNECT first' })
    switch (packet.type) {
      case 'publish':
        return take(session, packet)
      case 'pubrel':
        kept.received.delete(packet.id)
        return send(session, ack('pubcomp', packet.id))
      case 'pubrec':
        return send(session, ack('pubrel', packet.id))
      case 'puback':
      case 'pubcomp':
        kept.waiting = kept.waiting.filter(
          (waiting) => waiting.type !== 'publish' || waiting.id !== packet.id,
        )
        return
      case 'subscribe': {
        const [identifier = 0] = packet.properties?.subscriptionIdentifiers ?? []
        const codes = packet.filters.map(({ filter, qos }) => {
          const code = refused.get(filter)
          if (code === undefined) kept.filters.set(filter, { qos, identifier })
          return code ?? qos
        })
        return send(session, { type: 'suback', id: packet.id, codes })
      }
      case 'unsubscribe':
        for (const filter of packet.filters) kept.filters.delete(filter)
        return send(session, { type: 'unsuback', id: packet.id, codes: packet.filters.map(() => 0) })
      case 'pingreq':
        return send(session, { type: 'pingresp' })
      case 'disconnect':
        return session.peer.end({ code: 1000, reason: '' })
      default:
    }
  }

  const serve = (peer: MemoryPeer): void => {
    peer.accept(broker.subprotocol)
    const session: Session = { peer, number: count++, level: 4, connect: undefined, kept: undefined }
    sessions.add(session)
    const decoder = createDecoder({
      role: 'server',
      packet(packet) {
        packets.push(packet)
        handle(session, packet)
      },
    })
    peer.onFrame((frame) => decoder.push((frame as Uint8Array).slice()))
    peer.onOver(() => sessions.delete(session))
  }

  const broker: FakeBroker = {
    connack: {},
    subprotocol: undefined,
    instead: () => false,
    attach: (transport) => transport.onDial(serve),
    received,
    packets,
    get sessions() {
      return sessions.size
    },
    publish(topic, _event, payload) {
      broker.deliver({ topic, payload: new TextEncoder().encode(JSON.stringify(payload)) })
    },
    deliver(packet) {
      spread({
        type: 'publish',
        payload: new TextEncoder().encode('null'),
        qos: 0,
        retain: false,
        dup: false,
        id: 0,
        ...packet,
      } as Packet & { type: 'publish' })
    },
    joined: (filter) => [...sessions].filter(({ kept }) => kept?.filters.has(filter)).length,
    refuse: (filter) => void refused.set(filter, 0x80),
    refuseWith: (filter, code) => void refused.set(filter, code),
    withhold(...types) {
      withheld = types.length ? new Set(types) : 'all'
    },
    release() {
      withheld = new Set()
    },
    dropAll(end = { code: 1006, reason: '' }) {
      for (const { peer } of [...sessions]) peer.end(end)
    },
    forgetSessions: () => clients.clear(),
    send(packet) {
      for (const session of [...sessions]) send(session, packet)
    },
    sendBytes(...bytes) {
      for (const { peer } of [...sessions]) peer.send(Uint8Array.from(bytes))
    },
  }
  return broker
}

function parse(payload: Uint8Array): unknown {
  const text = new TextDecoder().decode(payload)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
