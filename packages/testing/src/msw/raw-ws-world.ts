import {
  type Code,
  type Refusal as Denial,
  type ServerFrame,
  toBinaryFrame,
  type WireMember,
} from '@org/realtime-raw-ws/codec'
import type { ServerSession, SessionTable } from '../protocols/test-server.ts'
import { createRawChannels, type RawChannels } from './raw-ws-channels.ts'
import { createRawPresence, type RawPresence } from './raw-ws-presence.ts'
import { createSeats, type Seat, type Seats } from './raw-ws-seats.ts'

export interface RawWsServerOptions {
  /**
   * Who somebody is, as others see it in channels with members; nothing refuses the token.
   * @default everybody is let in, each as another
   */
  readonly authenticate?: (token: string | undefined) => WireMember | undefined
  /** Which channels have members. @default those whose name starts with `presence-` */
  readonly hasMembers?: (channel: string) => boolean
  /** How many messages a channel remembers. @default 100 */
  readonly historyLimit?: number
  /** Told to clients: after so long without a frame they ask for one. @default 25000 */
  readonly idleMs?: number
  /** Told to clients: how long the answer may take. @default 5000 */
  readonly answerMs?: number
}

export interface Connection extends ServerSession {
  /** Set once it was welcomed. */
  seat: Seat | undefined
}

/** What the parts of the simulated server share. */
export interface World {
  readonly options: RawWsServerOptions
  readonly table: SessionTable<Connection>
  readonly channels: RawChannels
  readonly seats: Seats
  readonly presence: RawPresence
  /** Channels that take no publishes. */
  readonly unpublishable: Map<string, Code>
  /** Every token that was presented. */
  readonly tokens: (string | undefined)[]
  send(connection: Connection, frame: ServerFrame): void
  /** To everybody in the channel. */
  tell(channel: string, frame: ServerFrame): void
  /** The newest connection of a client. */
  find(client: string): Connection | undefined
  /** To everybody. */
  tellAll(frame: ServerFrame): void
}

export function createWorld(options: RawWsServerOptions, table: SessionTable<Connection>): World {
  const { hasMembers = (channel) => channel.startsWith('presence-'), historyLimit = 100 } = options
  const channels = createRawChannels(historyLimit)
  const seats = createSeats()
  const send = (connection: Connection, frame: ServerFrame): void =>
    table.send(connection, frame.t, encode(frame))
  const tell = (channel: string, frame: ServerFrame): void => {
    for (const connection of table.sessions) if (connection.channels.has(channel)) send(connection, frame)
  }
  return {
    options,
    table,
    channels,
    seats,
    presence: createRawPresence(channels, seats, hasMembers, tell),
    unpublishable: new Map(),
    tokens: [],
    send,
    tell,
    find: (client) => [...table.sessions].filter(({ seat }) => seat?.client === client).at(-1),
    tellAll(frame) {
      for (const connection of table.sessions) if (connection.seat) send(connection, frame)
    },
  }
}

/** A refusal in the words of the envelope. */
export const toRefusal = (code: Code, retryMs?: number): Denial => ({
  code,
  message: `The test refuses it: ${code}`,
  ...(retryMs !== undefined && { retryMs }),
})

function encode(frame: ServerFrame): string | Uint8Array {
  if (!('data' in frame) || !(frame.data instanceof Uint8Array)) return JSON.stringify(frame)
  const { data, ...header } = frame
  return toBinaryFrame(JSON.stringify(header), data)
}
