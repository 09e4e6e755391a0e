import type { PusherFrame } from '../frame.ts'
import { dataOf, decodeData } from '../frame.ts'
import { isEncrypted } from '../names.ts'
import type { PusherClient } from '../pusher.ts'
import { Emitter } from './emitter.ts'
import { BadEventName, UnsupportedFeature } from './errors.ts'
import { Members } from './members.ts'

/** What a channel asks of its client. */
export interface ChannelHost {
  readonly client: PusherClient
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
    const handle = this.host.client.untyped(this.name)
    if (this.#stop) {
      if (handle.status.get().state === 'rejected') {
        this.subscriptionPending = true
        handle.retry()
      }
      return
    }
    this.subscriptionPending = true
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

  #refused(error: Error): void {
    this.subscriptionPending = false
    const { status, code } = (error as { details?: { status?: number; code?: unknown } }).details ?? {}
    const told = status ?? (typeof code === 'number' ? code : undefined)
    const data = this.#refusal ?? {
      type: 'AuthError',
      error: error.message,
      ...(told !== undefined && { status: told }),
    }
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
    if (frame.event === 'pusher_internal:member_added') this.#changed(frame, 'pusher:member_added')
    else if (frame.event === 'pusher_internal:member_removed') this.#changed(frame, 'pusher:member_removed')
    else super.handleEvent(frame)
  }

  protected override succeeded(): Members {
    this.members.set(this.host.client.untyped(this.name).members.get())
    return this.members
  }

  #changed(frame: PusherFrame, event: string): void {
    const id = String(dataOf(frame)['user_id'])
    const before = this.members.get(id)
    this.members.set(this.host.client.untyped(this.name).members.get())
    const member = this.members.get(id) ?? before
    if (member) this.emit(event, member)
  }
}
