import { decodePacket, encodePacket, type Packet } from './binary-packets.ts'
import { createSessionTable, type ServerSession, type TestServer } from './test-server.ts'
import { matchesTopic } from './topic-filter.ts'

/** The far end of `createBinaryProtocol`. A channel is a topic filter, and every event is `message`. */
export interface BinaryServer extends TestServer {
  /** Forgets what it kept of every client, so that the next connect finds no session. */
  forgetSessions(): void
  /** Which tokens are good from now on. */
  acceptTokens(isGood: (token: string) => boolean): void
  /** Refuses publishes to this topic; `allow` takes them again. */
  refusePublish(topic: string): void
  /** Ends every session with a disconnect packet of this code, then the socket. */
  disconnect(code: number): void
  /** Every packet that arrived, with the session it came over. */
  readonly packets: readonly { readonly session: number; readonly packet: Packet }[]
}

/** What is kept of a client while it is away. */
interface Kept {
  readonly filters: Set<string>
  waiting: Packet[]
}

interface Session extends ServerSession {
  clientId: string | undefined
  kept: Kept | undefined
}

const BAD_TOKEN = 134
const NOT_ALLOWED = 135
const TAKEN_OVER = 142
const BUSY = 151

export function createBinaryServer(): BinaryServer {
  const clients = new Map<string, Kept>()
  const packets: { readonly session: number; readonly packet: Packet }[] = []
  const unpublishable = new Set<string>()
  let isGood = (_token: string): boolean => true

  const table = createSessionTable<Session>({
    open: (peer, number) => ({ peer, number, channels: new Set(), clientId: undefined, kept: undefined }),
    frame(session, frame) {
      const packet = decodePacket(frame as Uint8Array)
      // The payload is a view of bytes that are gone after this call.
      packets.push({ session: session.number, packet: copied(packet) })
      handle(session, copied(packet))
    },
  })
  const { sessions, verbs } = table

  const send = (session: Session, packet: Packet): void =>
    table.send(session, packet.type, encodePacket(packet))

  const end = (session: Session, code: number): void => {
    send(session, { type: 'disconnect', code })
    session.peer.end({ code: 1000, reason: '' })
  }

  const connect = (session: Session, clientId: string, token: string): void => {
    if (!isGood(token)) return send(session, { type: 'connack', present: false, code: BAD_TOKEN })
    for (const other of sessions) if (other.clientId === clientId) end(other, TAKEN_OVER)
    const before = clients.get(clientId)
    const kept = before ?? { filters: new Set<string>(), waiting: [] }
    clients.set(clientId, kept)
    Object.assign(session, { clientId, kept })
    for (const filter of kept.filters) session.channels.add(filter)
    send(session, { type: 'connack', present: before !== undefined, code: 0 })
    for (const packet of kept.waiting.splice(0)) send(session, packet)
  }

  const subscribe = (session: Session, filter: string): void => {
    const refusal = table.refusals.get(filter)
    if (!refusal) {
      session.channels.add(filter)
      session.kept?.filters.add(filter)
    }
    const code = refusal ? (refusal.retryMs === undefined ? NOT_ALLOWED : BUSY) : 0
    send(session, { type: 'suback', filter, code })
  }

  const take = (session: Session, packet: Packet & { type: 'publish' }): void => {
    const { id, topic, again: resent, payload: bytes } = packet
    const isRefused = unpublishable.has(topic)
    if (!isRefused) {
      const payload: unknown = JSON.parse(new TextDecoder().decode(bytes))
      const key = `${session.clientId} ${id} ${topic} ${bytes}`
      const named = { id: id ? `${id}` : undefined, channel: topic, event: 'message' }
      table.record({ ...named, payload, session: session.number, resent }, key)
      spread(topic, bytes)
    }
    if (id) send(session, { type: 'puback', id, code: isRefused ? NOT_ALLOWED : 0 })
  }

  /** Once to each client, however many of its filters match; who is away gets it on the way back. */
  const spread = (topic: string, payload: Uint8Array): void => {
    const packet: Packet = { type: 'publish', id: 0, again: false, topic, payload }
    for (const [clientId, kept] of clients) {
      if (![...kept.filters].some((filter) => matchesTopic(filter, topic))) continue
      const session = [...sessions].find((candidate) => candidate.clientId === clientId)
      if (session) send(session, packet)
      else kept.waiting.push(packet)
    }
  }

  const handle = (session: Session, packet: Packet): void => {
    if (packet.type === 'connect') return connect(session, packet.clientId, packet.token)
    if (session.clientId === undefined) return session.peer.end({ code: 1002, reason: 'connect first' })
    if (packet.type === 'subscribe') for (const filter of packet.filters) subscribe(session, filter)
    else if (packet.type === 'unsubscribe')
      for (const filter of packet.filters) {
        session.channels.delete(filter)
        session.kept?.filters.delete(filter)
      }
    else if (packet.type === 'publish') take(session, packet)
    else if (packet.type === 'pingreq') send(session, { type: 'pingresp' })
  }

  return {
    ...verbs,
    received: table.received,
    packets,
    publish: (topic, _event, payload) => spread(topic, new TextEncoder().encode(JSON.stringify(payload))),
    allow(channel) {
      verbs.allow(channel)
      unpublishable.delete(channel)
    },
    forgetSessions: () => clients.clear(),
    acceptTokens(accept) {
      isGood = accept
    },
    refusePublish: (topic) => void unpublishable.add(topic),
    disconnect(code) {
      for (const session of [...sessions]) end(session, code)
    },
  }
}

const copied = (packet: Packet): Packet =>
  packet.type === 'publish' ? { ...packet, payload: packet.payload.slice() } : packet
