import type { Client } from './api.ts'
import { ChannelHandle, type ChannelSetup } from './channel.ts'
import { type ClientOptions, resolve } from './client-options.ts'
import { createConnection } from './connection.ts'
import { provide } from './credentials.ts'
import { type DropReason, RealtimeError } from './errors.ts'
import { createListeners } from './listeners.ts'
import { isDevelopment, nearMiss } from './near-miss.ts'
import type { Publish } from './outbox.ts'
import type { Capabilities, Meta, Protocol } from './protocol.ts'
import { type Channels, createRegistry, type RegisteredChannels } from './registry.ts'
import { browserSignals } from './signals.ts'
import { createSubscriptions } from './subscriptions.ts'
import { createTrace } from './trace.ts'
import type { Schema } from './validate.ts'
import { websocketTransport } from './websocket-transport.ts'

/**
 * Joins registry, connection, subscriptions and outbox to the one object that users hold.
 * Nothing is dialled until something needs the connection.
 * @example
 * const client = createClient({ protocol, url: 'wss://example.org/realtime', channels })
 * client.channel('availability').on('AvailabilityUpdated', (availability) => render(availability))
 */
export function createClient<
  C extends Capabilities,
  M extends Meta = Meta,
  Sep extends string = string,
  R extends Channels = RegisteredChannels,
>(options: ClientOptions<R, C, M, Sep>): Client<R, C, M, Sep> {
  const { protocol } = options
  const { capabilities, separator } = protocol
  const {
    clock,
    hidden,
    policy,
    traceLimit,
    backoff,
    connection,
    outbox: outboxOptions,
    subscribe,
  } = resolve(options)
  const registry = createRegistry(options.channels, separator)
  const trace = createTrace(clock, traceLimit)
  const errors = createListeners<[RealtimeError]>(() => {})
  const ends = createListeners<[error?: RealtimeError]>(() => {})
  let isClosed = false
  let release: (() => void) | undefined

  const report = (cause: unknown): void => {
    const error = RealtimeError.from(cause, 'listener.failed', 'Listener threw', {})
    trace({ type: 'error', code: error.code, message: error.message })
    errors.emit(error)
  }

  const port =
    options.port ??
    createConnection({
      ...connection,
      clock,
      trace,
      backoff,
      report,
      protocol: protocol as Protocol,
      transport: options.transport ?? websocketTransport(),
      url: provide(options.url, 'url', clock, connection.dialMs),
      credentials: provide(options.credentials, 'credentials', clock, connection.dialMs),
      heartbeat: options.heartbeat ?? {},
      hidden,
      signals: options.signals ?? browserSignals(clock),
    })

  const isChecked = policy === 'always' || (policy === 'dev' && isDevelopment)
  const schema = (channel: string, event: string): Schema | undefined =>
    isChecked ? registry.schema(channel, event) : undefined

  const subscriptions = createSubscriptions({
    ...subscribe,
    clock,
    trace,
    backoff,
    port,
    report,
    presence: protocol.presence,
    schema,
    listensTo: (event) => protocol.listensTo?.(event) ?? [event],
    unheard: nearMiss(trace),
    joined: () => outbox?.flush(),
    rejected: (name, error) => outbox?.reject(name, error),
    moved(from, to) {
      outbox?.up(to)
      if (!outbox?.owes(from)) port.retire(from)
    },
  })

  const missing = (capability: string): RealtimeError =>
    new RealtimeError('capability.missing', `Protocol ${protocol.name} has no ${capability}`, {
      capability,
      protocol: protocol.name,
    })

  const isOver = (): boolean => isClosed || port.status.get().status === 'failed'

  const isMembersOnly = capabilities.publish === 'members'
  const outbox = protocol.outbox?.({
    ...outboxOptions,
    clock,
    trace,
    protocol: protocol as Protocol,
    schema,
    missing,
    isClosed: isOver,
    refusal: (channel) => (isMembersOnly ? subscriptions.refusal(channel) : undefined),
    mayPublish: (channel, line) => !isMembersOnly || subscriptions.isJoined(channel, line),
    hold(channel) {
      const letGo = port.hold()
      const leave = isMembersOnly ? subscriptions.hold(channel) : undefined
      return () => {
        leave?.()
        letGo()
      }
    },
    settled: () => subscriptions.settled(),
  })

  port.attach({
    ...subscriptions,
    settled: (...settlement) => outbox?.settle(...settlement),
    error: (_line, error) => report(error),
    up(line, handover) {
      subscriptions.up(line, handover)
      if (!handover) outbox?.up(line)
    },
    down(line) {
      subscriptions.down(line)
      outbox?.down(line)
    },
    ended: () => forget('closed'),
  })

  /** Whoever comes next shares nothing with what was. */
  const forget = (reason: DropReason): void => {
    outbox?.clear(reason)
    subscriptions.forget()
  }

  const rest = (error?: RealtimeError): void => {
    forget('closed')
    subscriptions.rest()
    ends.emit(error)
  }

  port.status.subscribe(({ status, lastError }) => {
    if (status === 'failed') rest(lastError)
  })

  const setup: ChannelSetup = {
    clock,
    report,
    subscriptions,
    ends,
    missing,
    isClosed: isOver,
    publish(...message: Parameters<Publish>) {
      if (!outbox) throw missing('publish')
      return outbox.publish(...message)
    },
  }

  const connected = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const over = (): void => {
        stop()
        signal?.removeEventListener('abort', abort)
      }
      const abort = (): void => {
        over()
        reject(signal?.reason)
      }
      const look = (): void => {
        const { status, lastError } = port.status.get()
        if (status === 'connected') resolve()
        else if (status === 'failed') reject(lastError)
        else if (isClosed) reject(new RealtimeError('connection.closed', 'Client was closed', {}))
        else return
        over()
      }
      const stop = port.status.subscribe(look)
      signal?.addEventListener('abort', abort)
      if (signal?.aborted) abort()
      else look()
    })

  const client = {
    capabilities,
    status: port.status,
    trace,
    channel: (pattern: string, ...rest: readonly object[]) => {
      const [params, handleOptions] = pattern.includes('{') ? rest : [{}, rest.at(-1)]
      return new ChannelHandle(registry.name(pattern, { ...params }), { ...handleOptions }, setup)
    },
    untyped: (name: string, handleOptions: object = {}) =>
      new ChannelHandle(name, { ...handleOptions }, setup),
    onError: errors.add,
    connect({ signal }: { readonly signal?: AbortSignal } = {}) {
      if (!signal?.aborted) {
        isClosed = false
        subscriptions.rouse()
        release ??= port.hold()
        port.open()
      }
      return connected(signal)
    },
    reconnectNow: port.reconnectNow,
    reauthenticate({ newIdentity = false }: { readonly newIdentity?: boolean } = {}) {
      if (newIdentity) forget('identity')
      port.reauthenticate(newIdentity)
    },
    pause: port.pause,
    resume: port.resume,
    async close({ drainMs = 0 }: { readonly drainMs?: number } = {}) {
      isClosed = true
      if (drainMs && outbox) await drained(drainMs)
      // Somebody has connected again meanwhile.
      if (!isClosed) return
      release?.()
      release = undefined
      rest()
      // Whoever was told has connected again.
      if (isClosed) await port.close()
    },
  }

  const drained = (drainMs: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(drainMs, resolve, true)
      outbox?.drained().then(() => {
        cancel()
        resolve()
      })
    })

  // The one place where the untyped inside meets the types that users see.
  return client as never
}
