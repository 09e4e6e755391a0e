import { onAbort } from './abort.ts'
import type { PublishOptions, Receipt } from './api.ts'
import { type ChannelStatus, LEFT } from './channel-status.ts'
import type { Environment } from './environment.ts'
import type { RealtimeError } from './errors.ts'
import { createEventStream, type EventsOptions } from './event-stream.ts'
import { fault } from './fault.ts'
import { type GapHandler, GapHold, type GapOptions, type GapSetup } from './gap.ts'
import type { Listener, ListenerFn } from './listener.ts'
import { numbers } from './options.ts'
import type { Publish } from './outbox.ts'
import type { MembersStore, Presence } from './presence.ts'
import type { Meta } from './protocol.ts'
import { createGate, type Rate } from './rate.ts'
import type { Store } from './store.ts'
import type { Subscriptions } from './subscriptions-setup.ts'

/** What a channel handle needs of its client. */
export interface ChannelSetup
  extends Environment,
    GapSetup,
    Pick<Subscriptions, 'use' | 'find' | 'hold' | 'watch' | 'endLinger' | 'retry'> {
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
  readonly '~env': Environment
  readonly name: string
  readonly status: Store<ChannelStatus>
  readonly #setup: ChannelSetup
  readonly #options: Readonly<Record<string, unknown>>
  readonly #hold: GapHold
  readonly #ends = new Set<(now?: boolean) => void>()

  constructor(name: string, options: Readonly<Record<string, unknown>>, setup: ChannelSetup) {
    const { find, use, watch } = setup
    this['~env'] = setup
    this.name = name
    this.#options = options
    this.#setup = setup
    this.#hold = new GapHold(setup)
    this.status = {
      get: () => find(name)?.status.get() ?? LEFT,
      subscribe: (listener) => {
        const sub = use(name)
        const unwatch = watch(sub)
        const remove = sub.status.subscribe(listener)
        return () => {
          remove()
          unwatch()
        }
      },
    }
  }

  get members(): MembersStore {
    const { use, missing } = this.#setup
    const presence = (): Presence => {
      const { presence } = use(this.name)
      if (!presence) throw missing('presence')
      return presence
    }
    return {
      get: () => presence().get(),
      subscribe: (listener) => {
        const remove = presence().subscribe(listener)
        return this.#end(this.#join(), remove)
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
    const { ends, isClosed } = this.#setup
    return createEventStream(
      options,
      (push, end) => {
        if (isClosed()) {
          end()
          return () => {}
        }
        ends.add(end)
        const got: ListenerFn = options.meta ? (...pair) => push(pair) : push
        const stop = this.#listen(event, got, {}, end)
        return () => {
          ends.delete(end)
          stop()
        }
      },
      (buffer) => fault('iteration.overflow', { channel: this.name, event, buffer }),
    )
  }

  onGap(handler: GapHandler, options: GapOptions = {}): () => void {
    const { use, watch } = this.#setup
    const { complete = false } = options
    const entry = { handler, complete, hold: this.#hold, ...numbers('gap', options) }
    const sub = use(this.name)
    sub.gaps = [...sub.gaps, entry]
    return this.#end(watch(sub), () => {
      sub.gaps = sub.gaps.filter((other) => other !== entry)
    })
  }

  publish(event: string, payload: unknown, options: PublishOptions = {}): Promise<Receipt> {
    return this.#setup.publish(this.name, event, payload, options)
  }

  retry(): void {
    const { retry, find } = this.#setup
    retry(find(this.name))
  }

  leave({ now = false }: { readonly now?: boolean } = {}): void {
    for (const end of [...this.#ends]) end(now)
    const { endLinger, use } = this.#setup
    if (now) endLinger(use(this.name))
    this.#hold.close()
  }

  #join(): (now?: boolean) => void {
    const { use, hold } = this.#setup
    const { priority, ...options } = this.#options
    const sub = use(this.name)
    if (typeof priority === 'number') sub.priority = priority
    if (Object.keys(options)[0]) {
      sub.options = { ...sub.options, ...options }
      sub.line?.link.update?.(sub.name, sub.options)
    }
    return hold(sub)
  }

  #listen(
    event: string | undefined,
    fn: ListenerFn,
    { signal, rate }: ListenOptions,
    ended?: () => void,
  ): () => void {
    if (signal?.aborted) return () => {}
    const { clock, ends, use } = this.#setup
    const sub = use(this.name)
    const gate = rate && createGate(rate, clock, (...delivery) => sub.deliver(listener, ...delivery))
    const listener: Listener = { fn, hold: this.#hold, gate, active: true }
    if (gate) ends.add(gate.close)
    const leave = this.#join()
    const remove = sub.add(event, listener)
    const stop = this.#end(leave, () => {
      forget()
      remove()
      if (gate) ends.delete(gate.close)
      ended?.()
    })
    const forget = onAbort(signal, stop)
    return stop
  }

  /** Runs once, at the caller's wish or when the handle leaves. */
  #end(leave: (now?: boolean) => void, end?: () => void): () => void {
    const once = (now?: boolean): void => {
      if (!this.#ends.delete(once)) return
      end?.()
      leave(now)
    }
    this.#ends.add(once)
    return () => once()
  }
}
