import {
  type Capabilities,
  type Channels,
  type Client,
  createClient,
  type Meta,
  type Protocol,
  type RegisteredChannels,
} from '@org/realtime-core/kit'
import { DIRECT, toDirect } from './direct.ts'
import type { Raw, RawWsOptions, StrictClient, StrictOptions } from './raw-ws-options.ts'
import { createStrictProtocol } from './strict-protocol.ts'

/** A client that speaks a dialect of yours: see `createCodec`. */
export function createRawWs<
  C extends Capabilities,
  M extends Meta,
  Sep extends string,
  R extends Channels = RegisteredChannels,
>(options: RawWsOptions<R> & { readonly codec: Protocol<C, M, Sep> }): Client<R, C, M, Sep>
/**
 * A client over plain WebSocket, for `/raw` of the reference server and every other that speaks its envelope:
 * acknowledged publishes, presence, replay of what was missed, direct messages. Nothing is dialled until
 * something needs the connection.
 * @throws RealtimeError `option.invalid` for an option that cannot be right
 * @example
 * const client = createRawWs({ url: 'wss://example.org/raw', token: () => fetchToken(), channels })
 * client.channel('room.{id}', { id: 7 }).on('Said', ({ text }) => show(text))
 */
export function createRawWs<R extends Channels = RegisteredChannels>(
  options: StrictOptions<R>,
): StrictClient<R>
export function createRawWs(
  options: Omit<StrictOptions<Channels>, 'codec'> & { readonly codec?: Protocol },
): unknown {
  const { token: credentials, codec, tracePayloads = false, ...rest } = options
  if (codec) return createClient({ ...rest, credentials, protocol: codec })
  const protocol = createStrictProtocol({ tracePayloads })
  const client = createClient({ ...rest, credentials, protocol })
  return Object.assign(client, {
    raw: {
      id: protocol.clientId,
      sendTo: (clientId, event, payload, how) =>
        client.untyped(toDirect(clientId)).publish(event, payload, how),
      onDirect: (listener) => client.untyped(DIRECT).onAny(listener),
    } satisfies Raw,
  })
}
