import { toConfigFields, toConfigSources } from '../config/describe-config.ts'
import { type Config, loadConfig } from '../config/load-config.ts'
import { secretsOf, toLogOptions, toServerOptions } from '../config/to-server-options.ts'
import { ServerError } from '../errors.ts'
import type { Listening } from '../listener.ts'
import { createLog, type Log } from '../log/log.ts'
import { logServer } from '../log/log-server.ts'
import { createServer, type Server } from '../server.ts'
import { toPlaces } from './addresses.ts'
import { banner } from './banner.ts'
import { explainBusyPort } from './busy-port.ts'
import type { Terminal } from './main.ts'
import { stopSignal } from './stop-signal.ts'

interface Run {
  readonly server: Server
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
    await stop(run, await stopped, terminal)
    return 0
  } catch (error) {
    terminal.err(`${await explain(error)}\n`)
    return 1
  }
}

function prepare(config: Config): Run {
  const { settings } = config
  const log = createLog(toLogOptions(settings), { secrets: secretsOf(settings) })
  const server = createServer(toServerOptions(settings))
  logServer(server, log)
  return { server, log, config }
}

/** To people by a page of text, to programs by lines of the log. */
function tell({ log, config }: Run, listening: Listening, { out, version }: Terminal): void {
  const { settings, notes } = config
  if (log.style === 'text') return out(banner({ listening, config, version }))
  const places = toPlaces(settings, listening).map(({ name, url }) => [name, url])
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
