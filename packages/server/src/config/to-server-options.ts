import type { ControlOptions } from '../control/control-options.ts'
import type { CorsOptions } from '../cors.ts'
import type { IngestOptions } from '../ingest/ingest-options.ts'
import type { LogOptions } from '../log/log-options.ts'
import type { MqttOptions } from '../mqtt/mqtt-options.ts'
import type { ServerOptions } from '../options.ts'
import type { PusherApp } from '../pusher/app.ts'
import type { RakitOptions } from '../rakit/rakit-options.ts'
import type { TlsFiles } from '../tls.ts'
import { readFiles } from './read-files.ts'
import type { Settings } from './settings.ts'
import { toPusherOptions } from './to-pusher-options.ts'
import { toRedisOptions } from './to-redis-options.ts'

const GROUPS = ['limits', 'times', 'history', 'dedupe', 'publishRate', 'subscribeRate'] as const
const PLAIN = [
  'mode',
  'host',
  'port',
  'proxyHops',
  'memoryPercent',
  'path',
  'origins',
  'hosts',
  'proxies',
  'authenticate',
  'channels',
  'slowConsumer',
  'raw',
  'adapter',
] as const satisfies readonly (keyof ServerOptions)[]

/** The options that file, environment and flags have. */
export type Configurable =
  | (typeof GROUPS | typeof PLAIN)[number]
  | 'cors'
  | 'compression'
  | 'rakit'
  | 'pusher'
  | 'mqtt'
  | 'tls'
  | 'redis'
  | 'log'
  | 'inspect'
  | 'metrics'
  | 'control'
  | 'ingest'

/**
 * What `createServer` takes of a configuration.
 * @throws ServerError `config.invalid` for files of `tls` that cannot be read
 */
export function toServerOptions(settings: Settings): ServerOptions {
  const named = (names: readonly string[], value: (name: string) => unknown): object =>
    Object.fromEntries(names.flatMap((name) => (value(name) === undefined ? [] : [[name, value(name)]])))
  const { enabled, ...rakit } = settings.group('rakit')
  const { enabled: mayMqtt, ...mqtt } = settings.group('mqtt')
  const { enabled: mayCompress, ...compression } = settings.group('compression')
  const { enabled: mayInspect, ...inspect } = settings.group('inspect')
  const { enabled: mayMeasure, ...metrics } = settings.group('metrics')
  const { enabled: mayControl, ...control } = settings.group('control')
  const ingest = settings.group('ingest')
  const tls = toTls(settings)
  const redis = toRedisOptions(settings)
  return {
    ...named(PLAIN, (name) => settings.get(name)),
    ...named(GROUPS, (name) => settings.group(name)),
    cors: settings.group('cors') as CorsOptions,
    compression: mayCompress === true && (compression as NonNullable<ServerOptions['compression']>),
    rakit: enabled === true && (rakit as RakitOptions),
    pusher: toPusherOptions(settings),
    mqtt: mayMqtt === true && (mqtt as MqttOptions),
    inspect: mayInspect === true && inspect,
    ...('sources' in ingest && { ingest: ingest as unknown as IngestOptions }),
    metrics: mayMeasure === true && metrics,
    // Without a token nobody could use it.
    ...(mayControl === true && 'token' in control && { control: control as unknown as ControlOptions }),
    ...(tls && { tls }),
    ...(redis && { redis }),
  }
}

/** What `createLog` takes of it. */
export const toLogOptions = (settings: Settings): LogOptions => settings.group('log')

/** Texts that must not be shown. */
export function secretsOf(settings: Settings): readonly string[] {
  return [...settings].flatMap(({ row, value }) => {
    if (!row.isSecret || value === undefined) return []
    return typeof value === 'string' ? [value] : (value as readonly PusherApp[]).map(({ secret }) => secret)
  })
}

/** They are read to find what is wrong, and by the server again. */
function toTls(settings: Settings): TlsFiles | undefined {
  const { cert, key } = readFiles(settings, 'tls', ['cert', 'key', 'ca'])
  if (!cert || !key) return undefined
  const path = (name: string): string | undefined => settings.get<string>(`tls.${name}`)
  const caFile = path('ca')
  const passphrase = path('passphrase')
  return {
    certFile: path('cert') ?? '',
    keyFile: path('key') ?? '',
    ...(caFile !== undefined && { caFile }),
    ...(passphrase !== undefined && { passphrase }),
  }
}
