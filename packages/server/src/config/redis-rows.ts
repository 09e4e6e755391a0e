import { FILE, type OptionRow, SWITCH } from './option-row.ts'

const TEXT = { kind: 'text', what: 'text' } as const
const HOSTS = { kind: 'list', words: [], what: 'a list of `host:port`' } as const

/** What can be said of the Redis that nodes share, besides numbers. */
export const redisRows: readonly OptionRow[] = [
  {
    name: 'adapter',
    accepts: { kind: 'word', words: ['memory', 'redis'] },
    fallback: 'memory',
    help: 'What keeps channels, members and history: this process alone, or a Redis that several share',
  },
  {
    name: 'redis.url',
    accepts: { kind: 'text', what: 'like redis://user:password@host:6379/0' },
    fallback: undefined,
    isSecret: true,
    aliases: ['REDIS_URL'],
    help: 'Where it is, in one; `rediss:` speaks TLS',
  },
  {
    name: 'redis.host',
    accepts: { kind: 'text', what: 'an address or name', pattern: /^\S+$/ },
    fallback: undefined,
    aliases: ['REDIS_HOST'],
    help: 'Where it is; without any of these `127.0.0.1`',
  },
  {
    name: 'redis.username',
    accepts: TEXT,
    fallback: undefined,
    aliases: ['REDIS_USERNAME'],
    help: 'Who this server is there',
  },
  {
    name: 'redis.password',
    accepts: TEXT,
    fallback: undefined,
    isSecret: true,
    aliases: ['REDIS_PASSWORD'],
    help: 'Its password',
  },
  {
    name: 'redis.sentinels',
    accepts: HOSTS,
    fallback: undefined,
    help: 'Sentinels that know where the master is',
  },
  {
    name: 'redis.name',
    accepts: TEXT,
    fallback: undefined,
    help: 'What sentinels call it; without it `mymaster`',
  },
  { name: 'redis.cluster', accepts: HOSTS, fallback: undefined, help: 'Some nodes of a Redis Cluster' },
  {
    name: 'redis.keyPrefix',
    accepts: TEXT,
    fallback: 'realtime',
    help: 'What all its keys begin with: servers of one prefix are nodes of one server',
  },
  {
    name: 'redis.tls.enabled',
    accepts: SWITCH,
    fallback: undefined,
    help: 'Whether TLS is spoken to it; so it is with a `rediss:` address',
  },
  {
    name: 'redis.tls.ca',
    accepts: FILE,
    fallback: undefined,
    help: 'Who has signed its certificate, when that is nobody that is known',
  },
  {
    name: 'redis.tls.cert',
    accepts: FILE,
    fallback: undefined,
    help: 'The certificate of this server, where it asks for one',
  },
  { name: 'redis.tls.key', accepts: FILE, fallback: undefined, help: 'The key of that certificate' },
]
