import type { PublishOptions, Receipt } from './api.ts'
import { type ChannelStatus, LEFT } from './channel-status.ts'
import type { Clock } from './clock.ts'
import { RealtimeError } from './errors.ts'
import { createEventStream, type EventsOptions } from './event-stream.ts'
import { createGapHold, type GapHandler, type GapHold, type GapOptions } from './gap.ts'
import type { Listener, ListenerFn } from './listener.ts'
import type { Listeners, Report } from './listeners.ts'
import { DAY, numbers, oneOf } from './options.ts'
import type { Publish } from './outbox.ts'
import type { MembersStore, Presence } from './presence.ts'
import type { Meta } from './protocol.ts'
import { createGate, type Rate } from './rate.ts'
import type { Store } from './store.ts'
import type { Subscriptions } from './subscriptions-port.ts'

/** What a channel handle needs of its client. */
export interface ChannelSetup {
  readonly clock: Clock
  readonly report: Report
  readonly subscriptions: Subscriptions
  readonly ends: Listeners<[error?: RealtimeError]>
  readonly publish: Publish
  isClosed(): boolean
  missing(capability: string): RealtimeError
}

interface ListenOptions {
  readonly signal?: AbortSignal
  readonly rate?: Rate
}

/** One user's grip on a channel. All handles of a name share one subscription; each has its own listeners and gaps. */
export class ChannelHandle {
  readonly name: string
  readonly status: Store<ChannelStatus>
  readonly #setup: ChannelSetup
  readonly #options: Readonly<Record<string, unknown>>
  readonly #hold: GapHold
  readonly #ends = new Set<(now?: boolean) => void>()

  constructor(name: string, options: Readonly<Record<string, unknown>>, setup: ChannelSetup) {
    const { subscriptions } = setup
    this.name = name
    this.#options = options
    this.#setup = setup
    this.#hold = createGapHold(setup.clock, setup.report, setup.ends)
    this.status = {
      get: () => subscriptions.find(name)?.status.get() ?? LEFT,
      subscribe: (listener) => {
        const unwatch = subscriptions.watch(name)
        const remove = subscriptions.use(name).status.subscribe(listener)
        return () => {
          remove()
          unwatch()
        }
      },
    }
  }

  get members(): MembersStore {
    const { subscriptions, missing } = this.#setup
    const presence = (): Presence => {
      const { presence } = subscriptions.use(this.name)
      if (!presence) throw missing('presence')
      return presence
    }
    return {
      get: () => presence().get(),
      subscribe: (listener) => {
        const leave = this.#join()
        const remove = presence().subscribe(listener)
        return this.#end((now) => {
          remove()
          leave(now)
        })
      },
    }
  }

  join(): () => void {
    return this.#end(this.#join())
  }

  on(event: string, listener: ListenerFn, options: ListenOptions = {}): () => void {
    return this.#listen(event, listener, options)
  }

  onAny(
    listener: (message: { event: string; payload: unknown; meta: Meta }) => void,
    options: ListenOptions = {},
  ): () => void {
    return this.#listen(
      undefined,
      (payload, meta) => listener({ event: meta.event ?? '', payload, meta }),
      options,
    )
  }

  events(event: string, options: EventsOptions = {}): AsyncIterable<unknown> {
    numbers('events', { buffer: [1000, 0, Infinity] }, options)
    oneOf('events.overflow', options.overflow, ['drop-oldest', 'drop-newest', 'error'])
    const details = { channel: this.name, event }
    return createEventStream(
      (push, end) => {
        if (this.#setup.isClosed()) {
          end()
          return () => {}
        }
        const stop = this.#listen(event, push, {}, end)
        const forget = this.#setup.ends.add(end)
        return () => {
          forget()
          stop()
        }
      },
      (buffer) =>
        new RealtimeError('iteration.overflow', `More than ${buffer} events of ${event} waited`, {
          ...details,
          buffer,
        }),
      options,
    )
  }

  onGap(handler: GapHandler, options: GapOptions = {}): () => void {
    numbers('gap', { maxEvents: [1000, 0, Infinity], timeoutMs: [10_000, 1, DAY] }, options)
    const { subscriptions } = this.#setup
    const unwatch = subscriptions.watch(this.name)
    const remove = subscriptions.use(this.name).onGap(handler, options, this.#hold)
    return this.#end(() => {
      remove()
      unwatch()
    })
  }

  publish(event: string, payload: unknown, options: PublishOptions = {}): Promise<Receipt> {
    return this.#setup.publish(this.name, event, payload, options)
  }

  retry(): void {
    this.#setup.subscriptions.retry(this.name)
  }

  leave({ now = false }: { readonly now?: boolean } = {}): void {
    for (const end of [...this.#ends]) end(now)
    if (now) this.#setup.subscriptions.endLinger(this.name)
    this.#hold.close()
  }

  #join(): (now?: boolean) => void {
    const { subscriptions } = this.#setup
    const { priority, ...options } = this.#options
    const subscription = subscriptions.use(this.name)
    if (typeof priority === 'number') subscription.priority = priority
    if (Object.keys(options).length) subscription.options = { ...subscription.options, ...options }
    return subscriptions.hold(this.name)
  }

  #listen(
    event: string | undefined,
    fn: ListenerFn,
    { signal, rate }: ListenOptions,
    ended?: () => void,
  ): () => void {
    if (signal?.aborted) return () => {}
    const subscription = this.#setup.subscriptions.use(this.name)
    const listener: Listener = { fn, hold: this.#hold, gate: undefined, active: true }
    let forget = (): void => {}
    if (rate) {
      numbers('rate', { everyMs: [0, 1, DAY], max: [1000, 1, Infinity] }, rate)
      oneOf('rate.keep', rate.keep, ['latest', 'all'])
      const isAll = rate.keep === 'all'
      const gate = createGate(rate, this.#setup.clock, (messages, lost) => {
        const { meta } = messages.at(-1) as { meta: Meta }
        const told = isAll ? { ...meta, dropped: lost } : { ...meta, coalesced: lost + 1 }
        subscription.deliver(listener, messages, (values) => (isAll ? values : values[0]), told)
      })
      listener.gate = gate
      forget = this.#setup.ends.add(gate.close)
    }
    const leave = this.#join()
    const remove = subscription.add(event, listener)
    const stop = this.#end((now) => {
      signal?.removeEventListener('abort', abort)
      remove()
      forget()
      leave(now)
      ended?.()
    })
    const abort = (): void => stop()
    signal?.addEventListener('abort', abort)
    return stop
  }

  /** Runs once, at the caller's wish or when the handle leaves. */
  #end(end: (now?: boolean) => void): () => void {
    const once = (now?: boolean): void => {
      if (this.#ends.delete(once)) end(now)
    }
    this.#ends.add(once)
    return () => once()
  }
}
