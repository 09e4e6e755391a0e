import { type ChannelStatus, LEFT } from './channel-status.ts'
import { fault } from './fault.ts'
import type { Gap, GapEntry } from './gap.ts'
import type { Line } from './line-setup.ts'
import type { Listener, Route } from './listener.ts'
import type { Report } from './listeners.ts'
import { Message, type Opened } from './message.ts'
import type { createPresence, Presence } from './presence.ts'
import type { Continuity, Decode, Meta, Protocol } from './protocol.ts'
import type { Messages } from './rate.ts'
import { createStore, type WritableStore } from './store.ts'
import type { Schema } from './validate.ts'

/** What all subscriptions of a client share. */
export interface SubscriptionSetup {
  readonly report: Report
  readonly presence: typeof createPresence | undefined
  /** The schema of one event of a channel, where one is to be applied. */
  schema(channel: string, event: string): Schema | undefined
  listensTo(event: string): readonly string[]
  /** Knows what a listener that comes late to a joined channel has missed. */
  readonly protocol: Pick<Protocol, 'latest'>
  /** An event arrived that nobody listens to. */
  readonly unheard: ((channel: string, event: string, listened: Iterable<string>) => void) | undefined
}

/** One channel as all its handles share it: what is wanted, what the wire says, and who listens. */
export class Subscription {
  readonly name: string
  readonly status: WritableStore<ChannelStatus>
  gaps: readonly GapEntry[] = []
  options: Readonly<Record<string, unknown>> = {}
  priority = 0
  /** Who wants it joined. */
  holds = 0
  /** Who looks at it without wanting it joined. */
  watchers = 0
  wire: 'out' | 'queued' | 'asked' | 'joined' | 'refused' = 'out'
  /** The line that `wire` speaks of. */
  line: Line | undefined
  /** The line whose messages are delivered: the older one during a handover, until the newer has joined. */
  source: Line | undefined
  recover = false
  /** Somebody may have heard it before: a join is not its first. */
  wasJoined = false
  /** A message came, perhaps before the answer to the join. */
  heard = false
  /** The peer was asked for it, and may have it. */
  wasAsked = false
  wholeAt = 0
  failures = 0
  cancelLinger: (() => void) | undefined
  /** Of the answer to a join, or of the next try after a refusal. */
  cancelTimer: (() => void) | undefined
  release: (() => void) | undefined
  readonly #setup: SubscriptionSetup
  /** Those of all events stand under no event. */
  readonly #routes = new Map<string | undefined, Route>()
  #presence: Presence | undefined
  /** Deliveries that wait for a schema, and those behind them. */
  #tail: Promise<void> | undefined
  /** Events come in runs, so the last one found is looked at first. */
  #last: Route | undefined
  /** The same, as long as nothing stands between a message and the one that hears it. */
  #direct: Route | undefined

  constructor(name: string, setup: SubscriptionSetup) {
    this.name = name
    this.#setup = setup
    this.status = createStore<ChannelStatus>(LEFT, setup.report)
  }

  /** Nothing where the protocol has no presence. */
  get presence(): Presence | undefined {
    this.#presence ??= this.#setup.presence?.(this.#setup.report)
    return this.#presence
  }

  /** Nobody is there any more, as far as is known. */
  forgetMembers(): void {
    if (this.#presence?.get().list.length) this.#presence.apply({ all: [] })
  }

  /** Without an event it hears all of them. */
  add(event: string | undefined, listener: Listener): () => void {
    const names = event === undefined ? [event] : this.#setup.listensTo(event)
    for (const name of names) this.#set(name, [...this.#heardBy(name), listener])
    queueMicrotask(() => {
      for (const latest of this.#setup.protocol.latest?.(this.name, names) ?? [])
        this.#take(listener, this.#message(this.#route(latest[0].event, [listener]), ...latest))
    })
    return () => {
      if (!listener.active) return
      listener.active = false
      listener.gate?.close()
      for (const name of names)
        this.#set(
          name,
          this.#heardBy(name).filter((other) => other !== listener),
        )
    }
  }

  #heardBy(event: string | undefined): readonly Listener[] {
    return this.#routes.get(event)?.listeners ?? []
  }

  #set(event: string | undefined, listeners: readonly Listener[]): void {
    if (listeners.length) this.#routes.set(event, this.#route(event, listeners))
    else this.#routes.delete(event)
    this.#last = undefined
    this.#direct = undefined
  }

  #route(event = '', listeners: readonly Listener[]): Route {
    const { name: channel } = this
    const meta = Object.freeze({ channel, event })
    const schema = this.#setup.schema(channel, event)
    return { event, meta, schema, listeners, fn: (listeners[0] as Listener).fn }
  }

  gap(continuity: Continuity, cause: Gap['cause'], resumed: boolean): void {
    const gap: Gap = Object.freeze({ channel: this.name, continuity, since: this.wholeAt, cause, resumed })
    for (const entry of this.gaps)
      if (continuity !== 'complete' || entry.complete) {
        entry.hold.run(entry, gap)
        this.#direct = undefined
      }
  }

  #look(event: string): Route | undefined {
    const own = this.#routes.get(event)
    const any = this.#heardBy(undefined)
    this.#last = any.length ? this.#route(event, [...(own?.listeners ?? []), ...any]) : own
    return this.#last
  }

  dispatch(event: string, payload: unknown, given: Meta | undefined, decode: Decode | undefined): void {
    this.heard = true
    const direct = this.#direct
    // Compared with undefined, because that is faster here than a look at what is true.
    if (direct === undefined || direct.event !== event || given !== undefined)
      return this.#dispatch(event, payload, given, decode)
    try {
      if (decode) payload = decode(payload)
    } catch (error) {
      return this.#dispatch(event, payload, given, () => {
        throw error
      })
    }
    try {
      direct.fn(payload, direct.meta)
    } catch (error) {
      this.#failed(direct.meta, error)
    }
  }

  #dispatch(event: string, payload: unknown, given: Meta | undefined, decode: Decode | undefined): void {
    const route = this.#last?.event === event ? this.#last : this.#look(event)
    if (!route) {
      given?.unfit?.()
      return this.#setup.unheard?.(this.name, event, this.#routes.keys() as Iterable<string>)
    }
    const { schema, listeners } = route
    let { meta } = route
    if (given) {
      given.channel = this.name
      given.event = event
      meta = given
    }
    // Without work to do on it, a message needs no object of its own.
    const isPlain = !schema && !this.#tail
    let message = decode || !isPlain ? this.#message(route, meta, payload, decode) : undefined
    for (const listener of listeners) {
      if (listener.gate || listener.hold.held) message ??= this.#message(route, meta, payload, decode)
      else if (isPlain && !listeners[1]) this.#direct = route
      if (message) this.#take(listener, message)
      else this.#call(listener, payload, meta)
    }
  }

  #message({ schema }: Route, meta: Meta, payload: unknown, decode: Decode | undefined): Message {
    return new Message(meta, payload, decode, schema, this.#setup.report)
  }

  #take(listener: Listener, message: Message): void {
    const { gate, hold } = listener
    if (!listener.active) return
    if (hold.held) {
      message.keep()
      return hold.push(() => this.#take(listener, message))
    }
    if (!gate) return this.#open(listener, message)
    try {
      gate.take(message)
    } catch (error) {
      // The key of a rate may have to look into the payload.
      if (error !== message.failure) this.#failed(message.meta, error)
    }
  }

  #open(listener: Listener, message: Message): void {
    const opened = message.open()
    if (this.#tail || opened instanceof Promise) this.deliver(listener, [message])
    else if (opened.length) this.#call(listener, opened[0], message.meta)
  }

  /** Opens messages and calls the listener, in the order in which they came to this channel. */
  deliver(listener: Listener, messages: Messages, isAll = false, meta = messages[0].meta): void {
    const opened = messages.map((message) => message.open())
    const use = (results: readonly Opened[]): void => {
      const values = results.flat()
      if (values.length) this.#call(listener, isAll ? values : values[0], meta)
    }
    if (!this.#tail && !opened.some((result) => result instanceof Promise)) return use(opened as Opened[])
    const tail = Promise.all([Promise.all(opened), this.#tail]).then(([results]) => {
      use(results)
      if (this.#tail === tail) this.#tail = undefined
    })
    this.#tail = tail
    this.#direct = undefined
  }

  #call(listener: Listener, value: unknown, meta: Meta): void {
    if (!listener.active) return
    try {
      listener.fn(value, meta)
    } catch (error) {
      this.#failed(meta, error)
    }
  }

  #failed({ event = '' }: Meta, cause: unknown): void {
    this.#setup.report(fault('listener.failed', { channel: this.name, event }, cause))
  }
}
