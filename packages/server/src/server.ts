import type { Member, Position } from './adapter.ts'
import type { Denial, Rule } from './authorize.ts'
import type { ConnectionInfo } from './connection.ts'
import { type Core, createCore } from './core.ts'
import { ServerError } from './errors.ts'
import { createHealthRoutes } from './health.ts'
import type { HookName, Hooks } from './hooks.ts'
import { createListener, type Listener, type Listening } from './listener.ts'
import { resolveOptions, type ServerOptions } from './options.ts'
import { checkMessage, toMessage } from './to-message.ts'

export interface CloseOptions {
  /**
   * Asks clients to move elsewhere within this time, and lets them go on until they have.
   * @default 0
   */
  readonly drainMs?: number
}

export interface PublishOptions {
  /** The same id is taken once for as long as `dedupe` says. */
  readonly id?: string
}

export interface ChannelInfo {
  readonly name: string
  /** How many connections have joined it. */
  readonly subscribers: number
}

export interface DisconnectOptions {
  /** @default 4010 on `/raw`, after which its client stops */
  readonly code?: number
  readonly reason?: string
}

/** A realtime server. */
export interface Server {
  /** Starts to listen. @throws ServerError `listen.failed`, naming the port */
  listen(): Promise<Listening>
  /** Ends every connection and stops listening. */
  close(options?: CloseOptions): Promise<void>
  /** Hears what happens; returns the removal. */
  on<H extends HookName>(hook: H, listener: (...values: Hooks[H]) => void): () => void
  /**
   * Decides about the channels of a pattern such as `booking.{userId}` or `public.*`. Of several that fit the
   * one that says most counts. Returns the removal.
   */
  authorize<P extends string>(pattern: P, rule: Rule<P>): () => void
  /**
   * Publishes to everybody in a channel; resolves with its place.
   * @throws ServerError `publish.refused` for a name against the rules, or a payload that is no JSON or too large
   */
  publish(channel: string, event: string, payload?: unknown, options?: PublishOptions): Promise<Position>
  /** Sends to one client; tells whether it was there. */
  send(client: string, event: string, payload?: unknown): Promise<boolean>
  connections(): readonly ConnectionInfo[]
  channels(): readonly ChannelInfo[]
  members(channel: string): Promise<readonly Member[]>
  /** Ends a connection; tells whether it was there. */
  disconnect(id: string, options?: DisconnectOptions): boolean
  /** Puts users out of a channel, all by default; tells how many connections. */
  revoke(channel: string, options?: { readonly user?: string } & Partial<Denial>): number
  /** Treats the credentials of a connection as over; tells whether it was there. */
  expire(id: string): boolean
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
    await listening?.catch(() => {})
    await drain(core, drainMs)
    phase = 'closed'
    await end(core, listener)
  }

  return {
    listen: () => (listening ??= listen()),
    close: (closeOptions = {}) => (closing ??= close(closeOptions)),
    ...createVerbs(core),
  }
}

/** Resolves when every client has moved, or the time is over. */
function drain({ connections, clock }: Core, withinMs: number): Promise<void> {
  if (!withinMs) return Promise.resolve()
  for (const connection of connections) connection.drain(withinMs)
  return new Promise((resolve) => {
    const cancel = clock.after(withinMs, () => {
      forget()
      resolve()
    })
    const forget = connections.whenEmpty(() => {
      cancel()
      resolve()
    })
  })
}

async function end(core: Core, listener: Listener): Promise<void> {
  for (const connection of core.connections) connection.endBy('gone')
  await listener.close(core.options.times.closeMs)
  await core.adapter.close()
  core.hooks.emit('stop')
}

function createVerbs({
  hooks,
  rules,
  hub,
  connections,
  adapter,
  options,
}: Core): Omit<Server, 'listen' | 'close'> {
  const { frameBytes } = options.limits
  return {
    on: hooks.on,
    authorize: rules.add,
    async publish(channel, event, payload, { id } = {}) {
      const message = toMessage(channel, event, payload, id)
      checkMessage(channel, message, frameBytes)
      const { epoch, off } = await hub.publish(channel, message)
      return { epoch, off }
    },
    async send(client, event, payload) {
      const message = toMessage(client, event, payload)
      checkMessage(client, message, frameBytes)
      return adapter.direct(client, message)
    },
    connections: () => [...connections],
    channels: () => [...hub.channels()].map(([name, subscribers]) => ({ name, subscribers })),
    members: adapter.members,
    disconnect(id, { code, reason } = {}) {
      const connection = connections.get(id)
      if (code === undefined) connection?.endBy('put-out')
      else connection?.close(code, reason)
      return connection !== undefined
    },
    revoke(channel, { user, refuse = 'forbidden', ...rest } = {}) {
      const denial = { refuse, ...rest }
      return hub.putOut(channel, denial, (subscriber) => user === undefined || subscriber.user === user)
    },
    expire(id) {
      const connection = connections.get(id)
      connection?.expire()
      return connection !== undefined
    },
  }
}
