import type { PusherApp } from '../pusher/app.ts'
import type { WebhookOptions } from '../pusher/webhook-options.ts'

type Members = Readonly<Record<string, unknown>>

/** What a file says in our names, and which of soketi's names stood for what. */
export interface Translated {
  readonly members: object
  readonly notes: readonly string[]
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Names of soketi that say the same as one of ours. Its `cors` names pages, and so does `origins`. */
const plain: Readonly<Record<string, string>> = {
  appId: 'pusher.app.id',
  appKey: 'pusher.app.key',
  appSecret: 'pusher.app.secret',
  'cors.origin': 'origins',
  'ssl.certPath': 'tls.cert',
  'ssl.keyPath': 'tls.key',
  'ssl.caPath': 'tls.ca',
  'ssl.passphrase': 'tls.passphrase',
  pathPrefix: 'path',
}

/** The same of its Redis, which is of use with `adapter.driver` redis alone. */
const ofRedis: Readonly<Record<string, string>> = {
  'database.redis.host': 'redis.host',
  'database.redis.port': 'redis.port',
  'database.redis.db': 'redis.db',
  'database.redis.username': 'redis.username',
  'database.redis.password': 'redis.password',
  'database.redis.keyPrefix': 'redis.keyPrefix',
  'database.redis.sentinels': 'redis.sentinels',
  'database.redis.name': 'redis.name',
  'database.redis.clusterNodes': 'redis.cluster',
  'adapter.redis.prefix': 'redis.keyPrefix',
}

/** Parts of soketi that have no place here, so their absence is no mistake. */
const without: Readonly<Record<string, string>> = {
  'cors.methods': 'not needed: every page says what it takes',
  'cors.allowedHeaders': 'not needed: any header is',
}

/** Reads a `soketi.json`; a file without its names is left as it is. */
export function fromSoketi(file: object): Translated {
  const found = flatten(file)
  const names = [...found.keys()]
  if (!names.some((name) => isForeign(name))) return { members: file, notes: [] }
  const notes: string[] = []
  const driver = found.get('adapter.driver')
  const hasRedis = driver === 'redis'
  const members: Record<string, unknown> = hasRedis ? { adapter: 'redis' } : {}
  if (driver !== undefined)
    notes.push(`\`adapter.driver\` is \`adapter\` ${hasRedis ? 'redis' : 'memory'} here`)
  for (const [name, value] of found) {
    // What is null there was not given.
    const own = plain[name] ?? (hasRedis && value !== null ? ofRedis[name] : undefined)
    if (own !== undefined) notes.push(`\`${name}\` is \`${own}\` here`)
    else if (without[name] !== undefined) notes.push(`\`${name}\` is ${without[name]}`)
    else if (name === 'appManager.array.apps') notes.push(`\`${name}\` is \`pusher.apps\` here`)
    if (own !== undefined) put(members, own, toOwn(own, value))
    else if (name === 'appManager.array.apps' && Array.isArray(value))
      put(members, 'pusher.apps', value.map(toApp))
    else if (name === 'debug') put(members, 'log.level', value === true ? 'debug' : 'info')
    else if (!isForeign(name)) put(members, name, value)
  }
  if (!hasRedis && names.some((name) => name.startsWith('database.redis.')))
    notes.push(`redis configured but adapter is ${driver ?? 'local'}: all is kept in memory`)
  if (members['pusher'] !== undefined) put(members, 'pusher.dialect', 'soketi')
  return { members, notes }
}

const isForeign = (name: string): boolean =>
  Object.hasOwn(plain, name) ||
  Object.hasOwn(without, name) ||
  /^(appManager|database|debug)(\.|$)|^adapter\./.test(name)

/** By their whole names. */
function flatten(value: object, prefix = ''): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const [key, inner] of Object.entries(value))
    if (isObject(inner)) for (const [name, leaf] of flatten(inner, `${prefix}${key}.`)) found.set(name, leaf)
    else found.set(prefix + key, inner)
  return found
}

function put(members: Record<string, unknown>, name: string, value: unknown): void {
  const [first = '', ...rest] = name.split('.')
  if (rest.length === 0) members[first] = value
  else {
    const inner = isObject(members[first]) ? members[first] : {}
    members[first] = inner
    put(inner as Record<string, unknown>, rest.join('.'), value)
  }
}

/** Sentinels and nodes of a cluster are objects there. */
function toOwn(name: string, value: unknown): unknown {
  if (name === 'origins') return toOrigins(value)
  if (name !== 'redis.sentinels' && name !== 'redis.cluster') return value
  return Array.isArray(value) ? value.map(({ host, port }) => `${host}:${port}`) : value
}

const toOrigins = (value: unknown): unknown => (Array.isArray(value) && value.includes('*') ? 'any' : value)

const renamed: Readonly<Record<string, keyof NonNullable<PusherApp['limits']>>> = {
  maxPresenceMembersPerChannel: 'members',
  maxChannelNameLength: 'channelNameLength',
  maxEventChannelsAtOnce: 'eventChannels',
  maxEventNameLength: 'eventNameLength',
  maxEventBatchSize: 'batchEvents',
}
const inKilobytes: typeof renamed = {
  maxPresenceMemberSizeInKb: 'memberBytes',
  maxEventPayloadInKb: 'eventBytes',
}

/** An app in the words of soketi. Numbers may be text there, and so may switches. */
function toApp(value: unknown): unknown {
  if (!isObject(value)) return value
  const limits: Record<string, number> = {}
  const app: Record<string, unknown> = { limits }
  for (const [name, given] of Object.entries(value)) {
    const number = Number(given)
    if (renamed[name]) limits[renamed[name]] = number
    else if (inKilobytes[name]) limits[inKilobytes[name]] = Math.round(number * 1024)
    else if (/^max/.test(name)) app[name] = number
    else if (/^enable/.test(name)) app[name] = given === true || given === 'true'
    else if (name === 'webhooks' && Array.isArray(given)) app[name] = given.map(toWebhook)
    else app[name] = given
  }
  return app
}

function toWebhook(value: unknown): WebhookOptions {
  const { url, headers, event_types: events, filter } = Object(value)
  const { channel_name_starts_with: start, channel_name_ends_with: end } = Object(filter) as Members
  return {
    url,
    ...(headers !== undefined && { headers }),
    ...(events !== undefined && { events }),
    ...(start !== undefined && { channelStartsWith: String(start) }),
    ...(end !== undefined && { channelEndsWith: String(end) }),
  }
}
