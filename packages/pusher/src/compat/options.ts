import { invalid } from '@org/realtime-core/kit'
import { type AddressOptions, HOST } from '../address.ts'
import type { ChannelAuth, ChannelAuthAnswer, UserAuth, UserAuthAnswer } from '../auth-options.ts'
import type { Encryption } from '../encryption.ts'
import { told } from './errors.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

type Values = { readonly [name: string]: string }
type Done<T> = (error: unknown, answer: T | null) => void

interface AuthOptions {
  readonly transport?: string
  readonly endpoint?: string
  headers?: Values
  params?: Values
  readonly headersProvider?: () => Values
  readonly paramsProvider?: () => Values
}

/** The options of pusher-js that mean something here. All others are taken and ignored. */
export interface CompatOptions extends Omit<AddressOptions, 'key' | 'url' | 'host' | 'port'> {
  /** Milliseconds of silence after which the server is asked for a sign of life; the server may ask for less. */
  readonly activityTimeout?: number
  /** How long that may take. @default 5000 */
  readonly pongTimeout?: number
  /** After this long without a connection its state is `unavailable`. @default 10000 */
  readonly unavailableTimeout?: number
  readonly channelAuthorization?: AuthOptions & {
    readonly customHandler?: (
      request: { readonly socketId: string; readonly channelName: string },
      done: Done<ChannelAuthAnswer>,
    ) => void
  }
  readonly userAuthentication?: AuthOptions & {
    readonly customHandler?: (request: { readonly socketId: string }, done: Done<UserAuthAnswer>) => void
  }
  /** Deprecated in pusher-js, and what Echo passes. */
  readonly authEndpoint?: string
  readonly auth?: { headers?: Values; params?: Values }
  readonly authorizer?: (
    channel: { readonly name: string },
    options: object,
  ) => { authorize(socketId: string, done: Done<ChannelAuthAnswer>): void }
  /** Reads encrypted channels: `encryption()` of `@org/realtime-pusher/encrypted`. */
  readonly encryption?: Encryption
  readonly [ignored: string]: unknown
}

/** Everything is read when it is needed: applications change headers in place after a login. */
export function toAuth(options: CompatOptions): ChannelAuth {
  const { channelAuthorization: own, authorizer, authEndpoint } = options
  const handler: Handler<ChannelAuthAnswer> | undefined = own
    ? own.customHandler
    : authorizer &&
      (({ socketId, channelName }, done) =>
        authorizer({ name: channelName }, options).authorize(socketId, done))
  return {
    ...toFields(() => own ?? options.auth),
    endpoint: (own ? own.endpoint : authEndpoint) ?? '/pusher/auth',
    authorize: toFunction(handler) as never,
  }
}

export function toUserAuth({ userAuthentication: own }: CompatOptions): UserAuth {
  return {
    ...toFields(() => own),
    endpoint: own?.endpoint ?? '/pusher/user-auth',
    authenticate: toFunction(own?.customHandler) as never,
  }
}

function toFields(source: () => Partial<AuthOptions> | undefined): Pick<ChannelAuth, 'headers' | 'params'> {
  return {
    headers: () => ({ ...source()?.headers, ...source()?.headersProvider?.() }),
    params: () => ({ ...source()?.params, ...source()?.paramsProvider?.() }),
  }
}

type Handler<T> = (
  request: { readonly socketId: string; readonly channelName: string },
  done: Done<T>,
) => void

/** A handler as a function that answers, or refuses in the words of the handler, as `told`. */
const toFunction = <T>(handler: Handler<T> | undefined) =>
  handler &&
  (({ socketId, channel: channelName }: { readonly socketId: string; readonly channel: string }) =>
    new Promise<T>((resolve, reject) =>
      handler({ socketId, channelName }, (error, answer) =>
        error || !answer ? reject(told(error)) : resolve(answer),
      ),
    ))

/** Names the options that this class has, before the address asks for those of the client. */
export function checkPlace(options: CompatOptions): void {
  try {
    // In this form bundlers find it, and esbuild drops what it guards from production builds.
    if (process.env.NODE_ENV !== 'production') {
      const { wsHost, cluster } = options
      if (wsHost ? !HOST.test(wsHost) : !cluster)
        throw invalid('wsHost', 'a host without scheme or port, unless there is a cluster', wsHost)
    }
  } catch (error) {
    // A page without a bundler has no `process`.
    if (!(error instanceof ReferenceError)) throw error
  }
}

/** pusher-js goes without TLS only when told so, and never on a page that has it. */
export function usesTls(options: CompatOptions): boolean {
  return globalThis.location?.protocol === 'https:' || options.forceTLS !== false
}
