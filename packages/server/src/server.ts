import { type Core, createCore } from './core.ts'
import { ServerError } from './errors.ts'
import { createListener, type Listening } from './listener.ts'
import { createLog, type Log } from './log/log.ts'
import { logServer } from './log/log-server.ts'
import { countRequests } from './metrics/count-requests.ts'
import { createMqttListener } from './mqtt/mqtt-listener.ts'
import { resolveOptions, type ServerOptions } from './options.ts'
import { createOwnRoutes } from './own-routes.ts'
import { drain, endAll } from './shutdown.ts'
import { createVerbs, type Verbs } from './verbs.ts'

export interface CloseOptions {
  /**
   * Asks clients to move elsewhere, one after the other within two thirds of this time, and lets them go on
   * until they have.
   * @default 0
   */
  readonly drainMs?: number
}

/** A realtime server. */
export interface Server extends Verbs {
  /** Starts to listen. @throws ServerError `listen.failed`, naming the port */
  listen(): Promise<Listening>
  /** Reads certificates and apps that stand in files anew, as it does by itself when they change. */
  reload(): void
  /** Ends every connection and stops listening. */
  close(options?: CloseOptions): Promise<void>
}

/**
 * Makes a server; it does nothing before `listen()`.
 * @throws ServerError `option.invalid` that names the option and what it accepts
 * @example
 * const server = createServer({ authenticate: (token) => users.get(token) })
 * server.authorize('booking.{userId}', (user, { userId }) => user.id === userId)
 * const { port } = await server.listen()
 */
export function createServer(options: ServerOptions = {}): Server {
  const resolved = resolveOptions(options)
  const core = createCore(resolved)
  const log = startLog(core)
  let isDraining = false
  let listening: Promise<Listening> | undefined
  let closing: Promise<void> | undefined

  const verbs = createVerbs(core)
  const own = createOwnRoutes(core, verbs, () => isDraining)
  const routes = countRequests([...own.routes, ...resolved.routes], core.tally)
  const listener = createListener(core, routes, () => isDraining)

  const { mqtt } = resolved
  const mqttListener =
    mqtt && core.mqtt && createMqttListener(core, core.mqtt.endpoint, mqtt, () => isDraining)

  const listen = async (): Promise<Listening> => {
    if (isDraining) throw new ServerError('server.closed', 'Server is closed: make a new one', {})
    await core.adapter.start()
    const mqtt = await mqttListener?.listen()
    const main = await listener.listen().catch(async (error: unknown) => {
      await mqttListener?.close(0)
      throw error
    })
    const at = { ...main, ...(mqtt && { mqtt }) }
    core.hooks.emit('start', at)
    return at
  }

  const close = async ({ drainMs = 0 }: CloseOptions): Promise<void> => {
    isDraining = true
    core.faults.clear()
    await listening?.catch(() => {})
    await own.flush()
    await drain(core, drainMs)
    await endAll(core, [listener, ...(mqttListener ? [mqttListener] : [])], own)
    await log?.close()
  }

  return {
    listen: () => (listening ??= listen()),
    reload: core.reloads.now,
    close: (closeOptions = {}) => (closing ??= close(closeOptions)),
    ...verbs,
  }
}

function startLog({ options, hooks, clock }: Core): Log | undefined {
  const { log: given, control, inspect, metrics, ingest, tls } = options
  if (!given) return undefined
  const own = [inspect, metrics].map((page) => (page ? page.token : undefined))
  const known = [control?.token, ...own, ingest?.token, tls?.passphrase]
  const log = createLog(given, { clock, secrets: known.flatMap((secret) => secret ?? []) })
  logServer(hooks, log, clock)
  return log
}
