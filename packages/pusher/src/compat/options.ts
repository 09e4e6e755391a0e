import type { AddressOptions } from '../address.ts'
import type { ChannelAuth, ChannelAuthAnswer, UserAuth, UserAuthAnswer } from '../auth-options.ts'
import type { Encryption } from '../encryption.ts'

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
  const { channelAuthorization: own, authorizer } = options
  const { customHandler } = own ?? {}
  const source = (): AuthOptions => own ?? (options.auth as AuthOptions | undefined) ?? {}
  const endpoint = own ? own.endpoint : options.authEndpoint
  return {
    ...toFields(source),
    endpoint: endpoint ?? '/pusher/auth',
    ...(own
      ? customHandler && {
          authorize: ({ socketId, channel }) =>
            promised((done) => customHandler({ socketId, channelName: channel }, done)),
        }
      : authorizer && {
          authorize: ({ socketId, channel }) =>
            promised((done) => authorizer({ name: channel }, options).authorize(socketId, done)),
        }),
  }
}

export function toUserAuth({ userAuthentication: own }: CompatOptions): UserAuth {
  const { customHandler } = own ?? {}
  return {
    ...toFields(() => own ?? {}),
    endpoint: own?.endpoint ?? '/pusher/user-auth',
    ...(customHandler && {
      authenticate: ({ socketId }) => promised((done) => customHandler({ socketId }, done)),
    }),
  }
}

function toFields(source: () => AuthOptions): Pick<ChannelAuth, 'headers' | 'params'> {
  return {
    headers: () => ({ ...source().headers, ...source().headersProvider?.() }),
    params: () => ({ ...source().params, ...source().paramsProvider?.() }),
  }
}

function promised<T>(run: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    run((error, answer) => (error || !answer ? reject(error ?? new Error('No answer')) : resolve(answer)))
  })
}

/** pusher-js goes without TLS only when told so, and never on a page that has it. */
export function usesTls(options: CompatOptions): boolean {
  return globalThis.location?.protocol === 'https:' || options.forceTLS !== false
}
