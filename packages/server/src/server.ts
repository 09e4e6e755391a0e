import { createCore } from './core.ts'
import { ServerError } from './errors.ts'
import { createHealthRoutes } from './health.ts'
import { createListener, type Listening } from './listener.ts'
import { createLog } from './log/log.ts'
import { logServer } from './log/log-server.ts'
import { resolveOptions, type ServerOptions } from './options.ts'
import { drain, endAll } from './shutdown.ts'
import { createVerbs, type Verbs } from './verbs.ts'

export interface CloseOptions {
  /**
   * Asks clients to move elsewhere within this time, and lets them go on until they have.
   * @default 0
   */
  readonly drainMs?: number
}

/** A realtime server. */
export interface Server extends Verbs {
  /** Starts to listen. @throws ServerError `listen.failed`, naming the port */
  listen(): Promise<Listening>
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
  const log = resolved.log && createLog(resolved.log, resolved)
  if (log) logServer(core.hooks, log, resolved.clock)
  const startedAt = resolved.clock.now()
  let phase: 'new' | 'up' | 'draining' | 'closed' = 'new'
  let listening: Promise<Listening> | undefined
  let closing: Promise<void> | undefined

  const isDraining = (): boolean => phase === 'draining' || phase === 'closed'
  const health = createHealthRoutes({
    memoryPercent: resolved.memoryPercent,
    isDraining,
    counts: () => ({ connections: core.connections.size, channels: core.hub.channels().size }),
    since: () => resolved.clock.now() - startedAt,
  })
  const listener = createListener(core, [...health, ...resolved.routes], isDraining)

  const listen = async (): Promise<Listening> => {
    if (isDraining()) throw new ServerError('server.closed', 'Server is closed: make a new one', {})
    const at = await listener.listen()
    phase = 'up'
    core.hooks.emit('start', at)
    return at
  }

  const close = async ({ drainMs = 0 }: CloseOptions): Promise<void> => {
    phase = 'draining'
    core.faults.clear()
    await listening?.catch(() => {})
    await drain(core, drainMs)
    phase = 'closed'
    await endAll(core, listener)
    await log?.close()
  }

  return {
    listen: () => (listening ??= listen()),
    close: (closeOptions = {}) => (closing ??= close(closeOptions)),
    ...createVerbs(core),
  }
}
