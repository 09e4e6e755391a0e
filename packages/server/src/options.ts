import type { Authenticate } from './authenticate.ts'
import type { ChannelTable, MaySend } from './authorize.ts'
import { type Clock, systemClock } from './clock.ts'
import type { ControlOptions } from './control/control-options.ts'
import type { CorsOptions } from './cors.ts'
import { invalid } from './errors.ts'
import { type IngestOptions, resolveIngest } from './ingest/ingest-options.ts'
import type { InspectOptions } from './inspect/inspect-options.ts'
import type { LogOptions } from './log/log-options.ts'
import type { MetricsOptions } from './metrics/metrics-options.ts'
import { type MqttOptions, resolveMqtt } from './mqtt/mqtt-options.ts'
import type { PusherOptions } from './pusher/app.ts'
import { resolvePusher } from './pusher/resolve-pusher.ts'
import type { RakitOptions } from './rakit/rakit-options.ts'
import { type Group, type Numbers, numbers, oneOf } from './ranges.ts'
import { type RedisOptions, type RedisSettings, resolveRedis } from './redis/redis-options.ts'
import type { Route } from './route.ts'
import type { Tls } from './tls.ts'
import type { Endpoint } from './wire.ts'

/** What `createServer` takes. Every number has a default and a range, in `ranges`. */
export interface ServerOptions extends Partial<Numbers<'server'>> {
  /**
   * In `development` everybody is let in as anonymous, and while there is no rule every channel is open.
   * In `production` nothing is open that was not opened.
   * @default 'production'
   */
  readonly mode?: 'development' | 'production'
  /** The address to listen on. @default '127.0.0.1' */
  readonly host?: string
  /** What all paths start with, such as `/realtime`. @default '' */
  readonly path?: string
  /**
   * Pages that may connect, such as `https://app.example.org` or `https://*.example.org`. Clients that are
   * no pages send no origin and are not asked. `own`: pages of this machine and of this host.
   * @default 'own'
   */
  readonly origins?: readonly string[] | 'own' | 'any'
  /**
   * Names this server may be called by, without port: against pages that make their own name point here.
   * @default names of this machine when `host` is one of them, else `any`
   */
  readonly hosts?: readonly string[] | 'any'
  /**
   * Peers whose `X-Forwarded-For` is believed, where there are `proxyHops`: addresses and networks such as
   * `10.0.0.0/8`. `private`: this machine and networks that are not public. @default 'private'
   */
  readonly proxies?: readonly string[] | 'private' | 'any'
  /** Which pages of other origins may ask for pages of this server. @default none */
  readonly cors?: CorsOptions
  /** Compresses messages of WebSocket, where the client can: `true`, or in which bounds. @default false */
  readonly compression?: boolean | Partial<Numbers<'compression'>>
  /** Serves `https:` and `wss:` instead. A certificate in files is read anew when they change. */
  readonly tls?: Tls
  /** Who somebody is. Required in production; `anonymous` lets everybody in. @default 'anonymous' in development */
  readonly authenticate?: Authenticate | 'anonymous'
  /** Who may send to a single client. @default everybody in development, nobody in production */
  readonly direct?: MaySend
  /** What happens to a client that reads too slowly. @default 'close' */
  readonly slowConsumer?: 'close' | 'drop'
  /** What keeps channels, members and history: this process, or a Redis that nodes share. @default 'memory' */
  readonly adapter?: 'memory' | 'redis'
  /** Where that Redis is. @default 127.0.0.1:6379 */
  readonly redis?: RedisOptions
  readonly limits?: Partial<Numbers<'limits'>>
  readonly times?: Partial<Numbers<'times'>>
  readonly history?: Partial<Numbers<'history'>>
  readonly dedupe?: Partial<Numbers<'dedupe'>>
  readonly publishRate?: Partial<Numbers<'publishRate'>>
  readonly subscribeRate?: Partial<Numbers<'subscribeRate'>>
  /** Whether `/raw` is served. @default true */
  readonly raw?: boolean
  /** Whether `/rakit` is served, and how. @default true in development */
  readonly rakit?: boolean | RakitOptions
  /** Whether `/app/{key}` and `/apps/{id}` are served, for which apps, and how. @default true in development */
  readonly pusher?: boolean | PusherOptions
  /** Whether MQTT is served at `/mqtt`, and how; `tcp` and `tls` listen elsewhere too. @default true */
  readonly mqtt?: boolean | MqttOptions
  /** Rules that need no function, by pattern: `true` lets join and hear. Others come by `server.authorize()`. */
  readonly channels?: ChannelTable
  /** Logs what happens. @default nothing */
  readonly log?: LogOptions
  /** Serves `/_control`, which causes faults; in development, to this machine alone. @default not served */
  readonly control?: ControlOptions
  /**
   * Serves the inspector at `/_inspect`: in development to this machine, and with a token to whoever knows it.
   * @default true in development
   */
  readonly inspect?: boolean | InspectOptions
  /** Takes rows at `/ingest/{source}`, throttles and aggregates them. @default not served */
  readonly ingest?: IngestOptions
  /**
   * Serves `/metrics` for Prometheus: in development to this machine, and with a token to whoever knows it.
   * @default true in development
   */
  readonly metrics?: boolean | MetricsOptions
  /** Endpoints of your own, by path. A path may have holes: `/app/{key}`. */
  readonly endpoints?: Readonly<Record<string, Endpoint>>
  /** Further pages of plain HTTP. */
  readonly routes?: readonly Route[]
  /** Time, for tests. */
  readonly clock?: Clock
}

/** The options with every default filled in. */
export type Resolved = ReturnType<typeof resolveOptions>

/** @throws ServerError `option.invalid` that names the option and what it accepts */
export function resolveOptions(options: ServerOptions) {
  const { host = '127.0.0.1', path = '', raw = true, mqtt = true, endpoints = {}, routes = [] } = options
  const { hosts = isLoopback(host) ? LOOPBACK : 'any', clock = systemClock } = options
  const mode = oneOf('mode', options.mode, ['production', 'development'])
  const authenticate = options.authenticate ?? (mode === 'development' ? 'anonymous' : undefined)
  if (authenticate !== 'anonymous' && typeof authenticate !== 'function')
    throw invalid('authenticate', "a function, or 'anonymous' to let everybody in", authenticate)
  if (path && !/^(\/[\w.~-]+)+$/.test(path))
    throw invalid('path', "empty, or a path like '/realtime' without a slash at its end", path)
  const isDevelopment = mode === 'development'
  const {
    rakit = isDevelopment,
    pusher = isDevelopment,
    inspect = isDevelopment,
    metrics = isDevelopment,
  } = options
  if (options.control && mode === 'production')
    throw invalid('control', 'left out in production, because it causes faults', '[hidden]')
  checkToken('control.token', options.control?.token)
  checkToken('inspect.token', Object(inspect).token)
  if (options.ingest) checkToken('ingest.token', options.ingest.token ?? '')
  const served = Object.entries({ raw, pusher, mqtt }).flatMap(([name, is]) => (is ? [name] : []))
  checkToken('metrics.token', Object(metrics).token)
  return {
    mode,
    host,
    path,
    origins: options.origins ?? ('own' as const),
    hosts,
    cors: toCors(options.cors),
    compression: toCompression(options.compression),
    tls: options.tls,
    authenticate,
    direct: options.direct,
    slowConsumer: oneOf('slowConsumer', options.slowConsumer, ['close', 'drop']),
    redis: toRedis(options),
    raw,
    rakit: rakit === true ? {} : rakit,
    pusher: resolvePusher(pusher, mode),
    mqtt: mqtt ? resolveMqtt(mqtt === true ? {} : mqtt, { mode, tls: options.tls }) : undefined,
    channels: options.channels ?? {},
    log: options.log,
    control: options.control,
    inspect: inspect === true ? {} : inspect,
    ingest: options.ingest && resolveIngest(options.ingest, served),
    metrics: metrics === true ? {} : metrics,
    endpoints,
    routes,
    clock,
    ...numbers('server', options),
    proxies: options.proxies ?? ('private' as const),
    limits: toLimits(group('limits', options)),
    times: group('times', options),
    history: group('history', options),
    dedupe: group('dedupe', options),
    publishRate: group('publishRate', options),
    subscribeRate: group('subscribeRate', options),
  }
}

function toRedis({ adapter, redis }: ServerOptions): RedisSettings | undefined {
  if (oneOf('adapter', adapter, ['memory', 'redis']) === 'redis') return resolveRedis(redis ?? {})
  if (redis) throw invalid('adapter', "'redis' beside `redis`", adapter)
  return undefined
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]', '::1']

export const isLoopback = (host: string): boolean => LOOPBACK.includes(host) || host.endsWith('.localhost')

/** A channel of the longest name in a frame that joins it. */
const JOIN_BYTES = 1300

/** As many joins as are allowed fit into one frame. */
const toLimits = (limits: Numbers<'limits'>): Numbers<'limits'> => ({
  ...limits,
  joins: Math.min(limits.joins, Math.floor(limits.frameBytes / JOIN_BYTES)),
})

const group = <G extends Exclude<Group, 'server' | 'compression' | 'ingest'>>(
  name: G,
  options: ServerOptions,
): Numbers<G> => numbers(name, options[name] as Partial<Numbers<G>> | undefined)

function toCors({ origins = [], credentials = false }: CorsOptions = {}): Required<CorsOptions> {
  if (credentials && origins === 'any')
    throw invalid(
      'cors.credentials',
      'left out with origins `any`: list the origins that may send cookies',
      true,
    )
  return { origins, credentials }
}

const toCompression = (given: ServerOptions['compression'] = false): Numbers<'compression'> | undefined =>
  given === false ? undefined : numbers('compression', given === true ? {} : given)

const TOKEN_LENGTH = 16

/** It is not shown, however wrong it is. */
function checkToken(option: string, token: string | undefined): void {
  const isGood = token === undefined || (typeof token === 'string' && token.length >= TOKEN_LENGTH)
  if (!isGood) throw invalid(option, `text of at least ${TOKEN_LENGTH} characters`, '[hidden]')
}
