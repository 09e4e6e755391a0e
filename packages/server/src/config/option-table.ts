import { LEVELS } from '../log/log-options.ts'
import { type Group, type Range, ranges } from '../ranges.ts'
import { mqttRows } from './mqtt-rows.ts'
import { numberHelp } from './number-help.ts'
import { FILE, type OptionRow, SWITCH } from './option-row.ts'
import { ORIGINS, ownPageRows, SECRET } from './own-page-rows.ts'
import { pusherRows } from './pusher-rows.ts'
import { redisRows } from './redis-rows.ts'

const PORT_ALIASES = ['PUSHER_PORT', 'REVERB_PORT', 'REVERB_SERVER_PORT']

/** Every option of the command, in the order in which they are shown. */
export const optionTable: readonly OptionRow[] = [
  {
    name: 'mode',
    accepts: { kind: 'word', words: ['development', 'production'] },
    fallback: 'development',
    help: 'In `development` everybody is let in, and every channel is open while no rule is given. In `production` nothing is open that was not opened. Where `NODE_ENV` is `production` that is the default',
  },
  {
    name: 'host',
    accepts: { kind: 'text', what: 'an address or name of this machine', pattern: /^\S+$/ },
    fallback: '127.0.0.1',
    aliases: ['PUSHER_HOST', 'REVERB_HOST', 'REVERB_SERVER_HOST'],
    help: 'Where to listen; `0.0.0.0` is every address of this machine',
  },
  ...numbersOf('server'),
  {
    name: 'path',
    accepts: { kind: 'text', what: 'a path like /realtime', pattern: /^(\/[\w.~-]+)*$/ },
    fallback: '',
    help: 'What all paths start with',
  },
  {
    name: 'origins',
    accepts: { kind: 'list', words: ['own', 'any'], what: ORIGINS },
    fallback: 'own',
    help: 'Pages that may connect. `own`: those of this machine and of this host',
  },
  {
    name: 'hosts',
    accepts: { kind: 'list', words: ['any'], what: 'a list of names without port' },
    fallback: undefined,
    help: 'Names by which this server may be called. Without it those of this machine when `host` is one of them, else any',
  },
  {
    name: 'proxies',
    accepts: {
      kind: 'list',
      words: ['private', 'any'],
      what: 'a list of addresses or networks like 10.0.0.0/8',
    },
    fallback: 'private',
    help: 'Peers whose `x-forwarded-for` is believed, where there are `proxyHops`. `private`: this machine and networks that are not public',
  },
  {
    name: 'cors.origins',
    accepts: { kind: 'list', words: ['any'], what: ORIGINS },
    fallback: [],
    help: 'Pages of other origins that may ask for pages of this server, such as `/usage`. Who may connect is said by `origins`',
  },
  {
    name: 'cors.credentials',
    accepts: SWITCH,
    fallback: false,
    help: 'Whether they may send cookies; not with `any`',
  },
  {
    name: 'compression.enabled',
    accepts: SWITCH,
    fallback: false,
    help: 'Whether messages of WebSocket are compressed where the client can. It costs CPU for every message and client',
  },
  ...numbersOf('compression'),
  {
    name: 'tls.cert',
    accepts: FILE,
    fallback: undefined,
    help: 'Its certificate; with it all is `https:` and `wss:`',
  },
  { name: 'tls.key', accepts: FILE, fallback: undefined, help: 'The key of the certificate' },
  { name: 'tls.ca', accepts: FILE, fallback: undefined, help: 'Certificates between it and the authority' },
  {
    name: 'tls.passphrase',
    accepts: { kind: 'text', what: 'text' },
    fallback: undefined,
    isSecret: true,
    help: 'What the key is locked with',
  },
  {
    name: 'authenticate',
    accepts: { kind: 'word', words: ['anonymous'] },
    fallback: undefined,
    help: '`anonymous` lets everybody in. Has to be said in `production`; for anything else use the library',
  },
  {
    name: 'channels',
    accepts: { kind: 'table' },
    fallback: undefined,
    help: 'Who may do what: patterns like `news.*` or `room.{id}`, each `true` to join and hear, or an object of `subscribe`, `publish`, `presence` and `history`',
  },
  {
    name: 'slowConsumer',
    accepts: { kind: 'word', words: ['close', 'drop'] },
    fallback: 'close',
    help: 'What happens to a client that reads too slowly: it is ended, or messages are left out and the gap is told',
  },
  { name: 'raw', accepts: SWITCH, fallback: true, help: 'Whether `/raw` is served' },
  {
    name: 'rakit.enabled',
    accepts: SWITCH,
    fallback: { development: true, production: false },
    help: 'Whether `/rakit` is served, where everybody hears everybody',
  },
  {
    name: 'rakit.compat',
    accepts: { kind: 'word', words: ['safe', 'exact'] },
    fallback: 'safe',
    help: '`exact` has also what makes a Rakit server dangerous, for tests of clients',
  },
  {
    name: 'rakit.subprotocols',
    accepts: { kind: 'list', words: [], what: 'a list of subprotocols' },
    fallback: [],
    help: 'Subprotocols that are agreed upon',
  },
  ...numbersOf('rakit'),
  ...pusherRows,
  ...numbersOf('pusher'),
  ...mqttRows,
  ...numbersOf('mqtt'),
  ...redisRows,
  ...numbersOf('redis'),
  ...(['limits', 'times', 'history', 'dedupe', 'publishRate', 'subscribeRate'] as const).flatMap(numbersOf),
  {
    name: 'ingest.token',
    accepts: SECRET,
    fallback: undefined,
    isSecret: true,
    help: 'What has to be sent to `/ingest`, which takes rows of `ingest.sources`',
  },
  {
    name: 'ingest.sources',
    accepts: { kind: 'sources' },
    fallback: undefined,
    help: 'Rows that come by HTTP, by the name in the path: each an object of `to`, `app`, `channel`, `event`, `rows`, `throttle` and `aggregate`',
  },
  ...numbersOf('ingest'),
  {
    name: 'drainMs',
    accepts: { kind: 'number', least: 0, most: 3_600_000 },
    fallback: { development: 500, production: 3000 },
    help: 'How long clients have to move elsewhere at the end. They are asked one after the other, within the first two thirds of it',
  },
  {
    name: 'log.level',
    accepts: { kind: 'word', words: ['off', ...LEVELS] },
    fallback: 'info',
    help: 'The least important that is logged; `debug` logs every frame',
  },
  {
    name: 'log.format',
    accepts: { kind: 'word', words: ['auto', 'json', 'text'] },
    fallback: 'auto',
    help: '`auto`: text on a terminal, JSON lines elsewhere',
  },
  {
    name: 'log.file',
    accepts: FILE,
    fallback: undefined,
    help: 'Where lines are added, instead of standard output',
  },
  {
    name: 'log.payloads',
    accepts: SWITCH,
    fallback: false,
    help: 'Whether `debug` shows what frames carry; secrets are left out',
  },
  ...ownPageRows,
]

/** Names, defaults and ranges of numbers come from where the server has them. */
function numbersOf(group: Group): readonly OptionRow[] {
  return Object.entries<Range>(ranges[group]).map(([key, [fallback, least, most]]) => {
    const name = (group === 'server' ? key : `${group}.${key}`) as keyof typeof numberHelp
    const row = { name, accepts: { kind: 'number', least, most }, fallback, help: numberHelp[name] } as const
    const aliases = name === 'port' ? PORT_ALIASES : name === 'redis.port' ? ['REDIS_PORT'] : undefined
    return aliases ? { ...row, aliases } : row
  })
}
