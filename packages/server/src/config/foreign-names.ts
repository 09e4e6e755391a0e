/** Options of servers that this one takes the place of, and what they are called here. */
const foreign: Readonly<Record<string, string>> = {
  // Rakit
  max_buffer_size: 'here it is `rakit.bufferBytes`',
  ping_timeout: 'here it is `rakit.pingTimeoutMs`, in milliseconds',
  origin_required: 'list the pages that may connect in `origins`',
  allowed_origins: 'here it is `origins`',
  allowed_hosts: 'here it is `hosts`',
  protocol_required: 'not needed: clients need not offer any',
  supported_protocols: 'here it is `rakit.subprotocols`',
  extensions_required: 'not needed: no extension is spoken, as Rakit does',
  supported_extensions: 'not needed: no extension is spoken, as Rakit does',
  logging_enabled: 'here it is `log.level`, with `off` for none',
  logging_output: 'here it is `log.file`; without it lines go to standard output',
  // soketi, and what is written of it
  appId: 'here it is `pusher.app.id`; a file may have the names of soketi',
  appKey: 'here it is `pusher.app.key`; a file may have the names of soketi',
  appSecret: 'here it is `pusher.app.secret`; a file may have the names of soketi',
  appManager: 'here it is `pusher.apps`; a file may have `appManager.array.apps`',
  database: 'here it is `redis`; a file may have `database.redis`',
  debug: 'here it is `log.level` with `debug`',
  ssl: 'here it is `tls`: `tls.cert`, `tls.key`, `tls.ca`, `tls.passphrase`',
  'metrics.driver': 'left out: metrics are for Prometheus',
  'metrics.prometheus': 'left out: names of metrics begin with `realtime_`',
  // Others
  maxMessageBytes: 'here it is `limits.frameBytes`',
  idleTimeout: 'here it is `times.idleMs`',
  heartbeatInterval: 'it is an option of clients: `heartbeat.sendIdleMs`',
  reconnectAttempts: 'it is an option of clients: `backoff.maxAttempts`',
  reconnectDelay: 'it is an option of clients: `backoff.baseMs`',
}

/** What to do about a name that belongs to another program. */
export function adviseForeign(name: string): string | undefined {
  return Object.hasOwn(foreign, name) ? foreign[name] : undefined
}
