import type { OutgoingMessage } from '@org/realtime-core/kit'
import type { FilterRequest, Level, Publish } from './codec/packets.ts'
import type { Properties } from './codec/properties.ts'
import { createTopicTrie, type TopicTrie } from './topic-trie.ts'

/** A publish of QoS 1 or 2 on its way. */
export interface Flight {
  /** Nothing once its sender has been told that its fate is unknown: only the exchange is finished. */
  message: OutgoingMessage | undefined
  readonly packet: Publish
  /** `waiting` for the quota, never sent; `sent`, perhaps over an earlier connection; `released` after PUBREC. */
  stage: 'waiting' | 'sent' | 'released'
}

/** One channel as the server knows it. */
export interface Subscribed extends FilterRequest {
  /** 0 before level 5, and where the server has none. */
  readonly identifier: number
  /** What the server granted. */
  granted?: number
}

/** What outlives connections. One object serves one client. */
export interface SessionState {
  level: Level
  clientId: string
  /** The server may have kept a session of ours. */
  isKept: boolean
  /** By packet identifier, in the order in which they are to be sent again [MQTT-4.6.0-1, -4]. */
  readonly outgoing: Map<number, Flight>
  /** QoS 2: received, and not released yet. */
  readonly incoming: Set<number>
  /** By channel. */
  readonly filters: Map<string, Subscribed>
  readonly routes: TopicTrie
  /** Publishes of a lost session that may have arrived, by the ids of their messages. */
  readonly uncertain: Set<string>
  lastPacketId: number
  lastIdentifier: number
  /** How many sessions have begun. */
  epoch: number
  /** Publishes on their way that a store has brought back, by the ids of their messages. */
  readonly restored: Set<string>
  /** It comes from a store, and nobody was told that it is given up. */
  isRestored: boolean
}

/** What DISCONNECT says. */
export interface Farewell {
  readonly code: number
  readonly properties?: Properties
}

export function createSessionState(level: Level, clientId: string): SessionState {
  return {
    level,
    clientId,
    isKept: false,
    isRestored: false,
    outgoing: new Map(),
    incoming: new Set(),
    filters: new Map(),
    routes: createTopicTrie(),
    uncertain: new Set(),
    restored: new Set(),
    lastPacketId: 0,
    lastIdentifier: 0,
    epoch: 0,
  }
}

export const LAST_ID = 65_535

/** An identifier that nothing in flight has; 0 when all are taken [MQTT-2.2.1-3]. */
export function nextPacketId(state: SessionState, asked: ReadonlyMap<number, unknown>): number {
  if (state.outgoing.size + asked.size >= LAST_ID) return 0
  do state.lastPacketId = (state.lastPacketId % LAST_ID) + 1
  while (state.outgoing.has(state.lastPacketId) || asked.has(state.lastPacketId))
  return state.lastPacketId
}

/** Nothing of an earlier session is left [MQTT-3.1.2-4]. */
export function forget(state: SessionState): void {
  state.outgoing.clear()
  state.incoming.clear()
  state.uncertain.clear()
  state.restored.clear()
}

/**
 * Nothing is sent again after its sender was told that its fate is unknown. But a server may hold the identifier
 * of a QoS 2 publish, so that exchange is brought to its end.
 */
export function settle(state: SessionState): void {
  for (const [id, flight] of state.outgoing) {
    flight.message = undefined
    if (flight.packet.qos === 2 && flight.stage !== 'waiting') flight.stage = 'released'
    else state.outgoing.delete(id)
  }
}
