import type { Frame } from '@org/realtime-core/kit'
import type { MemoryTransport } from '../memory-transport.ts'
import type { ReceivedPublish } from '../protocols/test-server.ts'
import type { ConformanceServer } from './protocol-rig.ts'

/** What the statements ask of one publish that arrived. */
export type Arrival = Pick<ReceivedPublish, 'id' | 'channel' | 'event' | 'payload'> & {
  /** The far end had it already, by its id. @default false */
  readonly duplicate?: boolean
}

/**
 * A far end as the statements see it, wherever it is: each verb resolves once it has been done. A real server is
 * one by a few lines around its own verbs.
 */
export interface LiveServer {
  /** Sends one message to everybody in the channel. */
  publish(channel: string, event: string, payload: unknown): Promise<void>
  /** Every publish of clients, in the order of arrival, duplicates included. */
  received(): Promise<readonly Arrival[]>
  /** How many sessions are in the channel. */
  joined(channel: string): Promise<number>
  /** Sends nothing until `release`, and goes on hearing. What was not sent is lost. */
  withhold(): Promise<void>
  release(): Promise<void>
  /** Cuts every session. */
  dropAll(): Promise<void>
  /** Neither reads nor writes on the sessions there are, and keeps them open. */
  stall(): Promise<void>
  unstall(): Promise<void>
  /** Sends a frame as it is over every session. */
  send(frame: Frame): Promise<void>
  /** Refuses to let anybody join this channel from now on. */
  refuse?(channel: string): Promise<void>
  /** Asks clients to move to a new connection within this window. */
  drain?(windowMs: number): Promise<void>
}

/** A simulated far end, with what its transport can do to the wire. */
export function toLiveServer(server: ConformanceServer, transport: MemoryTransport): LiveServer {
  return {
    publish: async (...message) => server.publish(...message),
    received: async () => [...server.received],
    joined: async (channel) => server.joined(channel),
    withhold: async () => server.withhold(),
    release: async () => server.release(),
    dropAll: async () => server.dropAll(),
    async stall() {
      for (const peer of transport.open) peer.stall()
    },
    async unstall() {
      for (const peer of transport.sessions) peer.unstall()
    },
    async send(frame) {
      for (const peer of transport.open) if (peer.state === 'open') peer.send(frame)
    },
    ...(server.refuse && { refuse: async (channel) => server.refuse?.(channel) }),
    ...(server.drain && { drain: async (windowMs) => server.drain?.(windowMs) }),
  }
}
