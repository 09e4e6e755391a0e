import {
  type Channels,
  type Client,
  createClient,
  invalid,
  type MembersStore,
  type PublishOptions,
  RealtimeError,
  type Receipt,
  type RegisteredChannels,
  type Store,
  systemClock,
  websocketTransport,
} from '@org/realtime-core/kit'
import { toDirect } from '../direct.ts'
import type { CommonOptions } from '../raw-ws-options.ts'
import { pace } from './pace.ts'
import type { RakitUser } from './rakit-frames.ts'
import { type RakitMeta, ROOM } from './rakit-messages.ts'
import { createRakitProtocol, MOST_OUTGOING_BYTES, type RakitCapabilities } from './rakit-protocol.ts'

const HEADER_BYTES = 8

export interface RakitOptions<R extends Channels> extends CommonOptions<R> {
  /**
   * A longer text is refused before it is sent, because it would stop the server for everybody. It is
   * `max_buffer_size` of the server less 8 bytes.
   * @default 2040
   */
  readonly maxOutgoingBytes?: number
  /**
   * Offered in the handshake. Only for a server with `protocol_required`: it must have one of them among its
   * `supported_protocols`, or nothing connects.
   * @default none
   */
  readonly subprotocols?: readonly string[]
  /**
   * Reads JSON inside of messages. Without it their payload is the text as it came.
   * @default true
   */
  readonly decodeMessages?: boolean
  /**
   * Shows frames in `client.trace` as they are.
   * @default false
   */
  readonly tracePayloads?: boolean
}

type Send = Promise<Receipt>
type How = PublishOptions<'volatile' | 'at-most-once'>

/** What Rakit has besides channels. */
export interface Rakit {
  /** The id that others reach this client by: nothing while there is no connection, another one on each. */
  readonly id: Store<string | undefined>
  /** Who is in the room, with what changed. Anybody in it can forge the list. */
  readonly members: MembersStore<RakitUser>
  readonly presence: {
    /** Has the server send the list of members, in some versions to everybody. Does nothing without a connection. */
    refresh(): void
  }
  /** To everybody, this client too: they get it on `@room`, event `message`. */
  broadcast(text: string, options?: How): Send
  /** To one client, trimmed by the server: it gets it on `@me`, event `message`. An unknown id is silence. */
  sendTo(clientId: string, text: string, options?: How): Send
  /** By command, as bare text to everybody: they get it on `@room`, event `text`. */
  toAll(text: string, options?: How): Send
  /** By command, as bare text to who has subscribed: they get it on `@room`, event `text`. */
  toChannel(channel: string, text: string, options?: How): Send
  /** By command, as bare text to one client: it gets it on `@room`, event `text`. */
  toClient(clientId: string, text: string, options?: How): Send
  /**
   * Rakit has a command for this that does not work: it disconnects nobody, and tells the command to everybody.
   * @throws RealtimeError `capability.missing`, always
   */
  disconnect(clientId: string): never
}

export type RakitClient<R extends Channels> = Client<R, RakitCapabilities, RakitMeta, '.'> & {
  readonly rakit: Rakit
}

/**
 * A client for the WebSocket server of the PHP framework Rakit. Everybody shares one room; nothing is
 * acknowledged, kept or proved.
 * @throws RealtimeError `option.invalid` for an option that cannot be right
 * @example
 * const client = createRakit({ url: 'ws://127.0.0.1:6001' })
 * client.untyped('@room').on('message', (text, { from }) => show(from, text))
 * client.rakit.broadcast('Halo semua!')
 */
export function createRakit<R extends Channels = RegisteredChannels>(
  options: RakitOptions<R>,
): RakitClient<R> {
  const {
    maxOutgoingBytes = MOST_OUTGOING_BYTES,
    decodeMessages = true,
    tracePayloads = false,
    subprotocols = [],
    transport = websocketTransport(),
    clock = systemClock,
    outbox,
    ...rest
  } = options
  if (!(maxOutgoingBytes >= 100)) throw invalid('maxOutgoingBytes', 'a number from 100', maxOutgoingBytes)
  const windowBytes = maxOutgoingBytes + HEADER_BYTES
  const protocol = createRakitProtocol({ maxOutgoingBytes, decodeMessages, tracePayloads, subprotocols })
  const client = createClient({
    ...rest,
    clock,
    protocol,
    transport: pace(transport, clock, windowBytes),
    // What waits for its turn on the wire is to wait where it can still be taken back.
    outbox: { highWaterBytes: windowBytes, lowWaterBytes: windowBytes / 2, ...outbox },
  })
  const send = (channel: string, event: string, text: string, how?: How): Send =>
    client.untyped(channel).publish(event, `${text}`, how)
  const { roster } = protocol
  const rakit: Rakit = {
    id: roster.id,
    members: roster.members,
    presence: { refresh: roster.refresh },
    broadcast: (text, how) => send(ROOM, 'message', text, how),
    sendTo: (clientId, text, how) => send(toDirect(clientId), 'message', text, how),
    toAll: (text, how) => send(ROOM, 'text', text, how),
    toChannel: (channel, text, how) => send(channel, 'text', text, how),
    toClient: (clientId, text, how) => send(toDirect(clientId), 'text', text, how),
    disconnect() {
      const details = { capability: 'disconnect', protocol: 'rakit' }
      const sentence = 'Rakit disconnects nobody: it would tell the command to everybody instead'
      throw new RealtimeError('capability.missing', sentence, details)
    },
  }
  return Object.assign(client, { rakit })
}
