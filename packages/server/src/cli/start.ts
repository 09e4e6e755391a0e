import { toConfigFields, toConfigSources } from '../config/describe-config.ts'
import { type Config, loadConfig } from '../config/load-config.ts'
import type { Settings } from '../config/settings.ts'
import { secretsOf, toLogOptions, toServerOptions } from '../config/to-server-options.ts'
import type { ControlOptions } from '../control/control-options.ts'
import { ServerError } from '../errors.ts'
import { randomId } from '../ids.ts'
import type { Listening } from '../listener.ts'
import { createLog, type Log } from '../log/log.ts'
import { logServer } from '../log/log-server.ts'
import { createServer, type Server } from '../server.ts'
import { toPlaces } from './addresses.ts'
import { banner } from './banner.ts'
import { explainBusyPort } from './busy-port.ts'
import type { Terminal } from './main.ts'
import { onReloadSignal } from './reload-signal.ts'
import { stopSignal } from './stop-signal.ts'

interface Run {
  readonly server: Server
  /** What `/_control` asks for. */
  readonly controlToken: string | undefined
  readonly log: Log
  readonly config: Config
}

/** `start`: serves until a signal ends it. */
export async function start(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const run = prepare(loadConfig({ args }, { by: 'command' }))
    const stopped = stopSignal()
    const listening = await run.server.listen()
    tell(run, listening, terminal)
    // Who has started this as PM2 does waits for it.
    process.send?.('ready')
    const offReload = onReloadSignal(run.server.reload)
    const signal = await stopped
    offReload()
    await stop(run, signal, terminal)
    return 0
  } catch (error) {
    terminal.err(`${await explain(error)}\n`)
    return 1
  }
}

function prepare(config: Config): Run {
  const { settings } = config
  const options = toServerOptions(settings)
  const control = options.control ?? makeControl(settings)
  const secrets = [...secretsOf(settings), ...(control ? [control.token] : [])]
  const log = createLog(toLogOptions(settings), { secrets })
  const server = createServer({ ...options, ...(control && { control }) })
  logServer(server, log)
  return { server, log, config, controlToken: control?.token }
}

/** With a token of this start alone, which nobody has to keep. */
function makeControl(settings: Settings): ControlOptions | undefined {
  if (settings.get('control.enabled') !== true) return undefined
  return { token: randomId(), origins: settings.get<readonly string[]>('control.origins') ?? [] }
}

/** To people by a page of text, to programs by lines of the log. */
function tell(
  { log, config, controlToken }: Run,
  listening: Listening,
  { out, err, version }: Terminal,
): void {
  const { settings, notes } = config
  const all = toPlaces(settings, listening, controlToken)
  if (log.style === 'text') return out(banner({ places: all, listening, config, version }))
  // Not in the log, which is kept.
  if (controlToken !== undefined) err(`The token of /_control is ${controlToken}\n`)
  const places = all.map(({ name, url }) => [name, url.replace(/#.*/, '')])
  log.info('config', { version, values: toConfigFields(settings), given: toConfigSources(settings) })
  log.info('serving', Object.fromEntries(places))
  for (const message of notes) log.warn('note', { message })
}

async function stop({ server, log, config }: Run, signal: string, { err }: Terminal): Promise<void> {
  const drainMs = config.settings.get<number>('drainMs') ?? 0
  const connections = server.connections().length
  log.info('stopping', { signal, drainMs, connections })
  if (connections > 0 && log.style === 'text')
    err(`Clients have ${drainMs} ms to move elsewhere. Another signal ends it at once.\n`)
  await server.close({ drainMs })
  await log.close()
}

async function explain(error: unknown): Promise<string> {
  if (!ServerError.is(error)) throw error
  const isBusy = ServerError.is(error, 'listen.failed') && error.details.reason === 'EADDRINUSE'
  return isBusy ? explainBusyPort(error.details) : error.message
}
