import { type ChannelStatus, LEFT } from './channel-status.ts'
import { RealtimeError } from './errors.ts'
import type { Gap, GapHandler, GapHold, GapOptions } from './gap.ts'
import type { Line } from './line-setup.ts'
import type { Listener } from './listener.ts'
import type { Report } from './listeners.ts'
import { Message, type Opened, toMalformed } from './message.ts'
import type { createPresence, Presence } from './presence.ts'
import type { Continuity, Decode, Meta } from './protocol.ts'
import { createStore, type WritableStore } from './store.ts'
import type { Schema } from './validate.ts'

interface EventEntry {
  readonly meta: Meta
  readonly schema: Schema | undefined
  /** Replaced on every change, so that a running dispatch keeps its snapshot. */
  listeners: readonly Listener[]
}

/** What all subscriptions of a client share. */
export interface SubscriptionSetup {
  readonly report: Report
  readonly presence: typeof createPresence | undefined
  /** The schema of one event of a channel, where one is to be applied. */
  schema(channel: string, event: string): Schema | undefined
  listensTo(event: string): readonly string[]
  /** An event arrived that nobody listens to. */
  unheard(channel: string, event: string, listened: Iterable<string>): void
}

/** One channel as all its handles share it: what is wanted, what the wire says, and who listens. */
export class Subscription {
  readonly name: string
  readonly status: WritableStore<ChannelStatus>
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
  readonly #events = new Map<string, EventEntry>()
  #any: readonly Listener[] = []
  readonly #gaps = new Set<{
    readonly handler: GapHandler
    readonly options: GapOptions
    readonly hold: GapHold
  }>()
  #presence: Presence | undefined
  #tail: Promise<void> | undefined
  /** Events come in runs, so the last one found is looked at first. */
  #last: EventEntry | undefined

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
    if (event === undefined) {
      this.#any = [...this.#any, listener]
    } else {
      for (const name of this.#setup.listensTo(event)) {
        const entry = this.#entry(name)
        entry.listeners = [...entry.listeners, listener]
      }
    }
    return () => {
      if (!listener.active) return
      listener.active = false
      listener.gate?.close()
      const others = (listeners: readonly Listener[]): readonly Listener[] =>
        listeners.filter((other) => other !== listener)
      if (event === undefined) {
        this.#any = others(this.#any)
        return
      }
      for (const name of this.#setup.listensTo(event)) {
        const entry = this.#entry(name)
        entry.listeners = others(entry.listeners)
        if (!entry.listeners.length) this.#events.delete(name)
        this.#last = undefined
      }
    }
  }

  #entry(event: string): EventEntry {
    let entry = this.#events.get(event)
    if (!entry) {
      const { name: channel } = this
      entry = {
        meta: Object.freeze({ channel, event }),
        schema: this.#setup.schema(channel, event),
        listeners: [],
      }
      this.#events.set(event, entry)
    }
    return entry
  }

  onGap(handler: GapHandler, options: GapOptions, hold: GapHold): () => void {
    const entry = { handler, options, hold }
    this.#gaps.add(entry)
    return () => this.#gaps.delete(entry)
  }

  gap(continuity: Continuity, cause: Gap['cause'], resumed: boolean): void {
    const gap: Gap = Object.freeze({ channel: this.name, continuity, since: this.wholeAt, cause, resumed })
    for (const { handler, options, hold } of [...this.#gaps])
      if (continuity !== 'complete' || options.complete) hold.run(handler, gap, options)
  }

  dispatch(event: string, payload: unknown, given: Meta | undefined, decode: Decode | undefined): void {
    this.heard = true
    if (this.#last?.meta.event !== event) this.#last = this.#events.get(event)
    const entry = this.#last
    if (!entry || entry.schema || this.#tail || this.#any.length)
      return this.#dispatchAny(entry, event, payload, given, decode)
    // The shortest way, without an object per message: nothing to validate, and most listeners get it at once.
    const { listeners } = entry
    const meta = given ? this.#fill(given, event) : entry.meta
    let message: Message | undefined
    for (let index = 0; index < listeners.length; index++) {
      const listener = listeners[index] as Listener
      if (listener.gate || listener.hold.isHolding) {
        message ??= new Message(event, meta, payload, decode, undefined)
        this.#take(listener, message)
        continue
      }
      if (decode) {
        try {
          payload = message ? message.decoded() : decode(payload)
        } catch (error) {
          message ??= new Message(event, meta, payload, undefined, undefined)
          return this.#blame(message, toMalformed(meta, 'cannot be decoded', undefined, error))
        }
        decode = undefined
      }
      this.#call(listener, payload, meta)
    }
  }

  #dispatchAny(
    entry: EventEntry | undefined,
    event: string,
    payload: unknown,
    given: Meta | undefined,
    decode: Decode | undefined,
  ): void {
    const listeners = entry ? [...entry.listeners, ...this.#any] : this.#any
    if (!listeners.length) return this.#setup.unheard(this.name, event, this.#events.keys())
    const meta = given || !entry ? this.#fill(given ?? {}, event) : entry.meta
    const schema = entry ? entry.schema : this.#setup.schema(this.name, event)
    const message = new Message(event, meta, payload, decode, schema)
    for (const listener of listeners) this.#take(listener, message)
  }

  #fill(meta: Meta, event: string): Meta {
    meta.channel = this.name
    meta.event = event
    return meta
  }

  #take(listener: Listener, message: Message): void {
    if (!listener.active) return
    if (listener.hold.isHolding) {
      message.keep()
      listener.hold.push(() => this.#pass(listener, message))
    } else this.#pass(listener, message)
  }

  #pass(listener: Listener, message: Message): void {
    if (!listener.active) return
    if (!listener.gate) {
      const opened = message.open()
      if (this.#tail || opened instanceof Promise)
        this.deliver(listener, [message], (values) => values[0], message.meta)
      else if ('value' in opened) this.#call(listener, opened.value, message.meta)
      else this.#blame(message, opened.error)
      return
    }
    try {
      listener.gate.take(message)
    } catch (error) {
      // The key of a rate may have to look into the payload.
      if (message.isBroken)
        this.#blame(message, toMalformed(message.meta, 'cannot be decoded', undefined, error))
      else this.#failed(message.meta, error)
    }
  }

  #blame(message: Message, error: RealtimeError): void {
    if (message.blame()) this.#setup.report(error)
  }

  /** Opens messages and calls the listener, in the order in which they came to this channel. */
  deliver(
    listener: Listener,
    messages: readonly Message[],
    pick: (values: unknown[]) => unknown,
    meta: Meta,
  ): void {
    const opened: (Opened | Promise<Opened>)[] = messages.map((message) => message.open())
    const use = (results: readonly Opened[]): void => {
      const values: unknown[] = []
      for (const [index, result] of results.entries()) {
        if ('value' in result) values.push(result.value)
        else this.#blame(messages[index] as Message, result.error)
      }
      if (values.length) this.#call(listener, pick(values), meta)
    }
    if (!this.#tail && !opened.some((result) => result instanceof Promise)) return use(opened as Opened[])
    const tail = Promise.all([...opened, this.#tail])
      .then((results) => use(results.slice(0, -1) as Opened[]))
      .then(() => {
        if (this.#tail === tail) this.#tail = undefined
      })
    this.#tail = tail
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
    const details = { channel: this.name, event }
    this.#setup.report(
      new RealtimeError('listener.failed', `Listener of ${event} on ${this.name} threw`, details, cause),
    )
  }
}
