import type { ConnectionOptions } from 'node:tls'
import { invalid } from '../errors.ts'
import { type Numbers, numbers } from '../ranges.ts'

/** Where Redis is, and what is kept there. Of `url`, `host`, `sentinels` and `cluster` one is given. */
export interface RedisOptions extends Partial<Numbers<'redis'>> {
  /** `redis://user:password@host:6379/0`, or `rediss:` for TLS. */
  readonly url?: string
  /** @default '127.0.0.1' */
  readonly host?: string
  readonly username?: string
  readonly password?: string
  /** Sentinels that know where the master is, each `host:port`. */
  readonly sentinels?: readonly string[]
  /** What they call it. @default 'mymaster' */
  readonly name?: string
  /** Some nodes of a Redis Cluster, each `host:port`. */
  readonly cluster?: readonly string[]
  /** Speaks TLS, with what `tls.connect` takes. @default false */
  readonly tls?:
    | boolean
    | Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>
  /** What all keys begin with: servers of one prefix are nodes of one server. @default 'realtime' */
  readonly keyPrefix?: string
}

/** A host and its port. */
export interface Place {
  readonly host: string
  readonly port: number
}

export type RedisAt =
  | { readonly kind: 'single'; readonly place: Place }
  | { readonly kind: 'sentinels'; readonly places: readonly Place[]; readonly name: string }
  | { readonly kind: 'cluster'; readonly places: readonly Place[] }

/** The options with every default filled in. */
export type RedisSettings = ReturnType<typeof resolveRedis>

const WAYS = ['url', 'host', 'sentinels', 'cluster'] as const

/** @throws ServerError `option.invalid` */
export function resolveRedis(options: RedisOptions) {
  const given = WAYS.filter((way) => options[way] !== undefined)
  if (given.length > 1) throw invalid(`redis.${given[1]}`, `left out beside \`redis.${given[0]}\``, '[given]')
  const url = options.url === undefined ? undefined : parseUrl(options.url)
  const { keyPrefix = 'realtime', tls = url?.tls ?? false } = options
  if (!/^[\w.:-]{1,100}$/.test(keyPrefix))
    throw invalid('redis.keyPrefix', '1 to 100 letters, digits and any of _ . : -', keyPrefix)
  const group = numbers('redis', { ...url?.numbers, ...options })
  if (options.cluster && group.db !== 0)
    throw invalid('redis.db', 'left out beside `redis.cluster`, which has one alone', group.db)
  const username = options.username ?? url?.username
  const password = options.password ?? url?.password
  return {
    at: toPlaces(options, { host: url?.host ?? options.host ?? '127.0.0.1', port: group.port }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    tls: tls === true ? {} : tls === false ? undefined : tls,
    keyPrefix,
    ...group,
  }
}

function toPlaces({ sentinels, cluster, name = 'mymaster' }: RedisOptions, place: Place): RedisAt {
  if (sentinels) return { kind: 'sentinels', name, places: parsePlaces('redis.sentinels', sentinels, 26_379) }
  if (cluster) return { kind: 'cluster', places: parsePlaces('redis.cluster', cluster, 6379) }
  return { kind: 'single', place }
}

function parsePlaces(option: string, places: readonly string[], fallback: number): readonly Place[] {
  if (!places.length) throw invalid(option, 'a list of at least one `host:port`', places)
  return places.map((text) => {
    const [, host, port = `${fallback}`] = /^(\[[0-9a-f:.]+\]|[^\s:/@]+)(?::(\d{1,5}))?$/i.exec(text) ?? []
    if (!host || Number(port) > 65_535) throw invalid(option, 'a list of `host:port`', text)
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
  })
}

/** It is not shown, because it may hold a password. */
function parseUrl(text: string) {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isGood = url && /^rediss?:$/.test(url.protocol) && url.hostname && /^\/?\d*$/.test(url.pathname)
  if (!isGood)
    throw invalid('redis.url', 'like `redis://user:password@host:6379/0`, or `rediss:`', '[hidden]')
  const db = url.pathname.slice(1)
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    tls: url.protocol === 'rediss:',
    username: url.username ? decodeURIComponent(url.username) : undefined,
    password: url.password ? decodeURIComponent(url.password) : undefined,
    numbers: { ...(url.port && { port: Number(url.port) }), ...(db && { db: Number(db) }) },
  }
}

/** As people may see it. */
export function describeRedis({ at }: Pick<RedisSettings, 'at'>): string {
  const show = ({ host, port }: Place): string =>
    host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  if (at.kind === 'single') return show(at.place)
  return `${at.kind === 'cluster' ? 'the cluster of' : 'the sentinels'} ${at.places.map(show).join(', ')}`
}
