import type { Capabilities, Clock, Meta, Protocol } from '@org/realtime-core/kit'
import type { MemoryTransport } from './memory-transport.ts'
import { createAckedProtocol } from './protocols/acked-protocol.ts'
import { createAckedServer } from './protocols/acked-server.ts'
import { createBinaryProtocol } from './protocols/binary-protocol.ts'
import { createBinaryServer } from './protocols/binary-server.ts'
import { createSendOnlyProtocol } from './protocols/send-only-protocol.ts'
import { createSendOnlyServer } from './protocols/send-only-server.ts'

/** A protocol and the simulated server that speaks it. Each pair serves one test. */
export interface FarEnd<
  C extends Capabilities = Capabilities,
  M extends Meta = Meta,
  S extends string = string,
  Server extends Pluggable = Pluggable,
> {
  readonly protocol: Protocol<C, M, S>
  readonly server: Server
}

/** What a simulated server needs at least: it can be plugged into a transport, and send to a channel. */
export interface Pluggable {
  /** `clock` is that of the client, for a server that keeps time. */
  attach(transport: MemoryTransport, clock?: Clock): void
  publish(channel: string, event: string, payload: unknown): void
}

/**
 * The protocols that come with this package, from one that can prove everything to one that can prove
 * nothing, and one whose sessions outlive sockets.
 */
export const farEnds = {
  acked: () => ({ protocol: createAckedProtocol(), server: createAckedServer() }),
  'send-only': () => ({ protocol: createSendOnlyProtocol(), server: createSendOnlyServer() }),
  binary: () => ({ protocol: createBinaryProtocol(), server: createBinaryServer() }),
} as const satisfies Record<string, () => FarEnd>

export type FarEnds = { readonly [N in keyof typeof farEnds]: ReturnType<(typeof farEnds)[N]> }
