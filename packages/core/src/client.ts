import { onAbort } from './abort.ts'
import type { Client } from './api.ts'
import { ChannelHandle, type ChannelSetup } from './channel.ts'
import { type ClientOptions, resolve } from './client-options.ts'
import { createConnection } from './connection.ts'
import type { DropReason, RealtimeError } from './errors.ts'
import { fault, toFault } from './fault.ts'
import { createListeners } from './listeners.ts'
import { nearMiss } from './near-miss.ts'
import type { Publish } from './outbox.ts'
import type { Capabilities, Meta, Protocol } from './protocol.ts'
import { type Channels, createRegistry, type RegisteredChannels } from './registry.ts'
import { createSubscriptions } from './subscriptions.ts'
import { createTrace } from './trace.ts'

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
  const protocol = options.protocol as Protocol
  const { capabilities, separator } = protocol
  const resolved = resolve(options)
  const { clock, policy } = resolved
  const registry = createRegistry(options.channels, separator)
  const trace = createTrace(clock, resolved.traceLimit)
  const errors = createListeners<[RealtimeError]>(() => {})
  const ends = new Set<(error?: RealtimeError) => void>()
  const unheard = nearMiss(trace)
  /** The hint at a near miss is there while developing. */
  const isChecked = policy === 'always' || (policy === 'dev' && unheard !== undefined)
  let isClosed = false
  let release: (() => void) | undefined

  const report = (cause: unknown): void => {
    const error = toFault(cause, 'listener.failed', {})
    trace({ type: 'error', code: error.code, message: error.message })
    errors.emit(error)
  }

  const missing = (capability: string): RealtimeError =>
    fault('capability.missing', { capability, protocol: protocol.name })

  const base = {
    ...resolved,
    protocol,
    trace,
    report,
    ends,
    missing,
    presence: protocol.presence,
    isClosed: () => isClosed || port.status.get().status === 'failed',
    schema: (channel: string, event: string) => (isChecked ? registry.schema(channel, event) : undefined),
  }

  const port = options.port ?? createConnection(base)

  const subscriptions = createSubscriptions({
    ...base,
    port,
    listensTo: (event) => protocol.listensTo?.(event) ?? [event],
    unheard,
    joined: () => outbox?.flush(),
    rejected: (name, error) => outbox?.reject(name, error),
    moved(from, to) {
      outbox?.up(to)
      if (!outbox?.owes(from)) port.retire(from)
    },
  })

  const outbox = protocol.outbox?.({ ...base, port, subscriptions })

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
    for (const end of [...ends]) end(error)
  }

  port.status.subscribe(({ status, lastError }) => {
    if (status === 'failed') rest(lastError)
  })

  const setup: ChannelSetup = {
    ...base,
    ...subscriptions,
    publish(...message: Parameters<Publish>) {
      if (!outbox) throw missing('publish')
      return outbox.publish(...message)
    },
  }

  const connected = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const over = (settle: () => void): void => {
        stop()
        unlisten()
        settle()
      }
      const abort = (): void => over(() => reject(signal?.reason))
      const look = (): void => {
        const { status, lastError } = port.status.get()
        if (status === 'connected') over(resolve)
        else if (status === 'failed') over(() => reject(lastError))
        else if (isClosed) over(() => reject(fault('connection.closed', {})))
      }
      const stop = port.status.subscribe(look)
      const unlisten = onAbort(signal, abort)
      if (signal?.aborted) abort()
      else look()
    })

  const client = {
    '~env': setup,
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
