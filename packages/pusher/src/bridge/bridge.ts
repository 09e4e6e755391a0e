import {
  type Channels,
  type Client,
  type ClientOptions,
  createClient,
  type Protocol,
  type RegisteredChannels,
  systemClock,
} from '@org/realtime-core/kit'
import { basics, type PusherCapabilities, type PusherMeta } from '../protocol.ts'
import type { PusherVerbs } from '../verbs.ts'
import type { ForeignPusher } from './foreign.ts'
import { createForeignPort } from './port.ts'

type CoreOptions<R extends Channels> = Pick<
  ClientOptions<R, PusherCapabilities, PusherMeta, '.'>,
  'channels' | 'outbox' | 'subscribe' | 'validate' | 'traceLimit' | 'clock'
>

export interface BridgeOptions<R extends Channels = RegisteredChannels> extends CoreOptions<R> {
  /** `close()` disconnects the foreign client too. @default false */
  readonly own?: boolean
}

/** A client over a connection that somebody else dials: what only its owner can do is left out. */
export interface BridgedClient<R extends Channels = Channels>
  extends Omit<
    Client<R, PusherCapabilities, PusherMeta, '.'>,
    'reconnectNow' | 'reauthenticate' | 'pause' | 'resume'
  > {
  readonly pusher: Pick<PusherVerbs, 'socketId'>
}

/**
 * Our typed client over a client of pusher-js that is there already. Channels that it has are shared; those that only we
 * want are left when we leave them. `close()` lets go of it, and leaves it connected unless `own`.
 * @example
 * const client = fromPusherJs(pusher, { channels })
 * client.channel('private-booking.{userId}', { userId: 42 }).on('BookingStatusUpdated', show)
 */
export function fromPusherJs<R extends Channels = RegisteredChannels>(
  pusher: ForeignPusher,
  options: BridgeOptions<R> = {},
): BridgedClient<R> {
  const { own = false, ...core } = options
  const { clock = systemClock } = core
  const client = createClient<PusherCapabilities, PusherMeta, '.', R>({
    ...core,
    url: '',
    protocol: foreignProtocol,
    port: createForeignPort(pusher, own, clock),
  })
  const { connection } = pusher
  const get = (): string | undefined => (connection.state === 'connected' ? connection.socket_id : undefined)
  const socketId: PusherVerbs['socketId'] = {
    get,
    subscribe: (listener) => client.status.subscribe(() => listener(get())),
  }
  return Object.assign(client, { pusher: { socketId } })
}

/** What can be done over a port, which brings its own lines: there is never a session to open. */
export const foreignProtocol: Protocol<PusherCapabilities, PusherMeta, '.'> = {
  ...basics,
  open() {
    throw new Error('A bridge has no session')
  },
}

/** The same over the connection of Laravel Echo, for its broadcasters `reverb`, `pusher` and `ably`. */
export function fromEcho<R extends Channels = RegisteredChannels>(
  echo: { readonly connector: unknown },
  options: BridgeOptions<R> = {},
): BridgedClient<R> {
  return fromPusherJs((echo.connector as { readonly pusher: ForeignPusher }).pusher, options)
}
