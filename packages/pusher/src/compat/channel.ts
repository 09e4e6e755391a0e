import type { RealtimeError } from '@org/realtime-core/kit'
import type { PusherFrame } from '../frame.ts'
import { dataOf, decodeData } from '../frame.ts'
import { isEncrypted } from '../names.ts'
import type { PusherClient } from '../pusher.ts'
import { Emitter } from './emitter.ts'
import { BadEventName, toAuthError, UnsupportedFeature } from './errors.ts'
import { Members } from './members.ts'

/** What a channel asks of its client. */
export interface ChannelHost {
  client(): PusherClient
  send(event: string, data: unknown, channel: string): boolean
  failed(error: unknown): void
}

/** A channel as pusher-js has it; of presence channels it also has the members. */
export class Channel extends Emitter {
  readonly name: string
  subscribed = false
  subscriptionPending = false
  subscriptionCancelled = false
  subscriptionCount: number | null = null
  protected readonly host: ChannelHost
  #stop: (() => void) | undefined
  /** What the server has said about its refusal, in its own words. */
  #refusal: object | undefined

  constructor(name: string, host: ChannelHost) {
    super(host.failed)
    this.name = name
    this.host = host
  }

  trigger(event: string, data: unknown): boolean {
    if (!event.startsWith('client-')) throw new BadEventName(`Event '${event}' does not start with 'client-'`)
    if (isEncrypted(this.name))
      throw new UnsupportedFeature('Client events are not currently supported for encrypted channels')
    return this.host.send(event, data, this.name)
  }

  subscribe(): void {
    const handle = this.host.client().untyped(this.name)
    const { state } = handle.status.get()
    if (!this.#stop || state === 'rejected') this.subscriptionPending = true
    // Who was refused is asked for again, also by who comes after one that was left in the same turn.
    handle.retry()
    if (this.#stop) return
    // Left and wanted again in one turn, so that the server is not asked and does not answer.
    if (state === 'joined')
      queueMicrotask(() =>
        this.handleEvent({ event: 'pusher_internal:subscription_succeeded', data: {} } as PusherFrame),
      )
    const unwatch = handle.status.subscribe((status) => {
      if (status.state === 'rejected') this.#refused(status.error)
    })
    // What is encrypted comes out of the protocol; everything else is told as it came.
    if (isEncrypted(this.name))
      handle.onAny(({ event, payload }) => event.startsWith('pusher:') || this.emit(event, payload, {}))
    else handle.join()
    this.#stop = () => {
      unwatch()
      handle.leave({ now: true })
    }
  }

  unsubscribe(): void {
    this.disconnect()
    this.#stop?.()
    this.#stop = undefined
  }

  /** For internal use: the connection is gone. */
  disconnect(): void {
    this.subscribed = false
    this.subscriptionPending = this.#stop !== undefined
  }

  /** For internal use: before the protocol gets it. */
  expect(frame: PusherFrame): void {
    this.#refusal = frame.event === 'pusher:subscription_error' ? dataOf(frame) : undefined
  }

  /** For internal use: a frame that the protocol has dealt with. */
  handleEvent(frame: PusherFrame): void {
    const { event, data, userId } = frame
    if (event === 'pusher_internal:subscription_succeeded') {
      this.subscriptionPending = false
      this.subscribed = true
      this.emit('pusher:subscription_succeeded', this.succeeded(frame))
    } else if (event === 'pusher_internal:subscription_count') {
      const { subscription_count: count } = dataOf(frame)
      if (typeof count === 'number') this.subscriptionCount = count
      this.emit('pusher:subscription_count', decodeData(data))
    } else if (event === 'pusher:subscription_error') {
      // It was not about joining, so the protocol has not told it.
      if (this.#refusal) this.emit(event, this.#refusal)
    } else if (
      event.startsWith('pusher:') ||
      !(isEncrypted(this.name) || event.startsWith('pusher_internal:'))
    )
      this.emit(event, decodeData(data), userId === undefined ? {} : { user_id: userId })
  }

  protected succeeded(frame: PusherFrame): unknown {
    return decodeData(frame.data)
  }

  #refused(error: RealtimeError): void {
    this.subscriptionPending = false
    const data = this.#refusal ?? toAuthError(error)
    this.#refusal = undefined
    this.emit('pusher:subscription_error', data)
  }
}

export class PresenceChannel extends Channel {
  readonly members = new Members()

  override disconnect(): void {
    super.disconnect()
    this.members.reset()
  }

  override handleEvent(frame: PusherFrame): void {
    const { event } = frame
    if (!event.startsWith('pusher_internal:member_')) return super.handleEvent(frame)
    const id = String(dataOf(frame)['user_id'])
    const before = this.members.get(id)
    this.succeeded()
    const member = this.members.get(id) ?? before
    if (member) this.emit(event.replace('_internal', ''), member)
  }

  protected override succeeded(): Members {
    this.members.set(this.host.client().untyped(this.name).members.get())
    return this.members
  }
}
