import {
  type Channels,
  type Client,
  type ClientOptions,
  createClient,
  type RegisteredChannels,
} from '@org/realtime-core/kit'
import { type AddressOptions, createAddress } from './address.ts'
import type { ChannelAuth } from './auth-options.ts'
import { createPusherProtocol, type PusherCapabilities, type PusherMeta } from './protocol.ts'
import type { RateLimit } from './rate-limit.ts'
import type { ProtocolOptions } from './shared.ts'
import { createVerbs, type PusherVerbs } from './verbs.ts'

type CoreOptions<R extends Channels> = Omit<
  ClientOptions<R, PusherCapabilities, PusherMeta, '.'>,
  'protocol' | 'url' | 'credentials' | 'port'
>

export interface PusherOptions<R extends Channels = RegisteredChannels>
  extends AddressOptions,
    ProtocolOptions,
    CoreOptions<R> {
  /** The same as `auth.endpoint`. */
  readonly authEndpoint?: string
  /** The most joins in a time, where the server limits them: the same as `subscribe.rate`. */
  readonly subscribeRate?: RateLimit
}

/** A client of core that also has what is Pusher's own. */
export interface PusherClient<R extends Channels = Channels>
  extends Client<R, PusherCapabilities, PusherMeta, '.'> {
  readonly pusher: PusherVerbs
}

/**
 * A client for Pusher, Laravel Reverb, Soketi and other servers of Pusher's protocol. Nothing is dialled until
 * something needs the connection. Throws `option.invalid` without a key, or without a host, url or cluster.
 * @example
 * const client = createPusher({
 *   key: 'app-key',
 *   host: 'localhost',
 *   port: 8080,
 *   auth: { headers: async () => ({ Authorization: `Bearer ${await token()}` }) },
 * })
 * client.untyped('private-booking.42').on('BookingStatusUpdated', show)
 */
export function createPusher<R extends Channels = RegisteredChannels>(
  options: PusherOptions<R>,
): PusherClient<R> {
  // `port` of core is a connection.
  const { port: _, auth, authEndpoint, subscribeRate, subscribe, ...core } = options
  const address = createAddress(options)
  const protocol = createPusherProtocol(
    { ...options, auth: withEndpoint(auth, authEndpoint) },
    address.secure,
  )
  const client = createClient<PusherCapabilities, PusherMeta, '.', R>({
    ...core,
    subscribe: { ...(subscribeRate && { rate: subscribeRate }), ...subscribe },
    url: address.url,
    protocol,
  })
  return Object.assign(client, { pusher: createVerbs(client as never, protocol.shared) })
}

/** Reads through to the options as they are, because applications change headers there after a login. */
function withEndpoint(auth: ChannelAuth = {}, endpoint: string | undefined): ChannelAuth {
  return endpoint === undefined ? auth : Object.assign(Object.create(auth), { endpoint })
}
