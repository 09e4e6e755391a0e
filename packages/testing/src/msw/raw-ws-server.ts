import type { Code, WireMember } from '@org/realtime-raw-ws/codec'
import { createSessionTable, type TestServer } from '../protocols/test-server.ts'
import { handleFrame } from './raw-ws-handlers.ts'
import { type Connection, createWorld, type RawWsServerOptions, type World } from './raw-ws-world.ts'

/** A simulated server of the raw-ws envelope, with the faults that a client must survive. */
export interface RawWsServer extends TestServer {
  /** The tokens that were presented, in the handshake or later. */
  readonly tokens: readonly (string | undefined)[]
  /** Sends to one client alone, by its client id; tells whether it is there. */
  direct(client: string, event: string, payload: unknown, from?: string): boolean
  /** Refuses publishes to this channel; without a code it takes them again. */
  refusePublish(channel: string, code?: Code): void
  /** Publishes without delivering: the next message shows a hole, and history has what is missing. */
  lose(channel: string, event: string, payload: unknown): void
  /** Forgets the history of a channel; its offsets go on. */
  evict(channel: string): void
  /** Starts the channel anew: other epoch, no history. */
  resetEpoch(channel: string): void
  /** Somebody else enters or leaves a channel. */
  enter(channel: string, member: WireMember): void
  exit(channel: string, memberId: string): void
  /** Forgets clients that are away: as members they leave, and they come back as others. */
  forgetSessions(): void
  /** Tells clients that their token is about to end. @default in a minute */
  expireTokens(inMs?: number): void
  /** Asks clients to move to a new connection within this window. */
  drain(windowMs: number): void
  /** Asks clients not to come back earlier than this. */
  retryAfter(ms: number): void
}

const A_MINUTE_MS = 60_000

export function createRawWsServer(options: RawWsServerOptions = {}): RawWsServer {
  const table = createSessionTable<Connection>({
    open: (peer, number) => ({ peer, number, channels: new Set(), seat: undefined }),
    frame: (connection, frame) => handleFrame(world, connection, frame),
    over({ seat }) {
      if (seat) seat.connections--
    },
  })
  const world: World = createWorld(options, table)
  const { channels, presence, seats, unpublishable, find, send, tell, tellAll } = world

  return {
    ...table.verbs,
    received: table.received,
    tokens: world.tokens,
    publish: (ch, ev, data) => tell(ch, channels.store({ ch, ev, data })),
    direct(client, ev, data, from = 'the test') {
      const receiver = find(client)
      if (receiver) send(receiver, { t: 'direct', from, ev, data })
      return receiver !== undefined
    },
    refusePublish(channel, code) {
      if (code) unpublishable.set(channel, code)
      else unpublishable.delete(channel)
    },
    lose: (ch, ev, data) => void channels.store({ ch, ev, data }),
    evict: channels.evict,
    resetEpoch(ch) {
      channels.renew(ch)
      tell(ch, { t: 'gap', ch, ...channels.position(ch) })
    },
    enter: presence.invite,
    exit: presence.dismiss,
    forgetSessions() {
      for (const seat of [...seats])
        if (seats.leave(seat)) for (const channel of [...seat.places]) presence.leave(channel, seat)
    },
    expireTokens: (ms = A_MINUTE_MS) => tellAll({ t: 'expiring', ms }),
    drain: (ms) => tellAll({ t: 'drain', ms }),
    retryAfter: (ms) => tellAll({ t: 'later', ms }),
  }
}
