import { type Clock, type Link, systemClock } from '@org/realtime-core/kit'
import { decodeData, type PusherFrame, parseFrame } from '../frame.ts'
import { isEncrypted } from '../names.ts'
import type { PusherClient } from '../pusher.ts'
import { Channel, type ChannelHost, PresenceChannel } from './channel.ts'
import { createWatchedClient } from './client.ts'
import { ConnectionManager } from './connection.ts'
import { Emitter } from './emitter.ts'
import { BadChannelName, UnsupportedFeature } from './errors.ts'
import { type CompatOptions, usesTls } from './options.ts'
import { UserFacade } from './user.ts'

const log = ({ message }: Error): void => Pusher.log?.(message)

/**
 * The class of pusher-js 8, over the connection of this package: for Laravel Echo (as `Pusher`, `client` or
 * `window.Pusher`) and for code that is written for pusher-js. It connects when it is made.
 * @example
 * new Echo({ broadcaster: 'reverb', key, wsHost: 'localhost', wsPort: 8080, forceTLS: false, Pusher })
 */
export class Pusher {
  /** All that were made. */
  static readonly instances: Pusher[] = []
  /** Whether new ones connect at once. */
  static isReady = true
  /** Taken for compatibility; nothing is ever written to the console. Set `log` instead. */
  static logToConsole = false
  /** Hears of every change of state and every error. */
  static log: ((message: string) => void) | undefined

  /** Connects all that were made while `isReady` was false. */
  static ready(): void {
    Pusher.isReady = true
    for (const instance of Pusher.instances) instance.connect()
  }

  key: string
  options: CompatOptions
  /** What the options amount to. */
  readonly config: { useTLS: boolean; readonly [name: string]: unknown }
  readonly channels = {
    channels: {} as { [name: string]: Channel },
    all: (): Channel[] => Object.values(this.channels.channels),
    find: (name: string): Channel | undefined => this.channels.channels[name],
  }
  readonly connection: ConnectionManager
  readonly user: UserFacade
  readonly global_emitter: Emitter
  readonly sessionID: number
  readonly #clock: Clock
  #host: ChannelHost
  #client: PusherClient
  #send: ((frame: string) => void) | undefined
  #unfollow = (): void => {}

  constructor(key: string, options: CompatOptions = {}) {
    this.key = key
    this.options = options
    this.config = { ...options, useTLS: usesTls(options) }
    this.#clock = (options['clock'] as Clock | undefined) ?? systemClock
    this.sessionID = Math.floor(this.#clock.random() * 1e9)
    const failed = (error: unknown): void => {
      Pusher.log?.(`Callback threw: ${error}`)
      this.connection.emit('error', { type: 'CallbackError', error })
    }
    this.global_emitter = new Emitter(failed)
    this.connection = new ConnectionManager({
      clock: this.#clock,
      unavailableMs: options.unavailableTimeout ?? 10_000,
      connect: () => this.connect(),
      disconnect: () => this.disconnect(),
      isUsingTLS: () => this.config.useTLS,
      socketId: () => this.#client.pusher.socketId.get(),
      send: (frame) => {
        this.#send?.(frame)
        return this.#send !== undefined
      },
    })
    const client = (): PusherClient => this.#client
    this.user = new UserFacade(client, failed, log)
    this.#client = this.#newClient()
    this.#host = {
      client,
      send: (event, data, channel) => this.send_event(event, data, channel),
      failed,
    }
    Pusher.instances.push(this)
    if (Pusher.isReady) this.connect()
  }

  /** The client of this package behind it, for the inspector. `switchCluster` makes another. */
  get client(): PusherClient {
    return this.#client
  }

  channel(name: string): Channel | undefined {
    return this.channels.find(name)
  }

  allChannels(): Channel[] {
    return this.channels.all()
  }

  connect(): void {
    this.#client.connect().catch(() => {})
  }

  disconnect(): void {
    this.#client.close()
  }

  subscribe(name: string): Channel {
    const { channels } = this.channels
    channels[name] ??= this.#newChannel(name)
    channels[name].subscribe()
    return channels[name]
  }

  unsubscribe(name: string): void {
    const { channels } = this.channels
    channels[name]?.unsubscribe()
    delete channels[name]
  }

  subscribeAll(): void {
    for (const channel of this.allChannels()) channel.subscribe()
  }

  bind(...binding: Parameters<Emitter['bind']>): this {
    this.global_emitter.bind(...binding)
    return this
  }

  unbind(...binding: Parameters<Emitter['unbind']>): this {
    this.global_emitter.unbind(...binding)
    return this
  }

  bind_global(...binding: Parameters<Emitter['bind_global']>): this {
    this.global_emitter.bind_global(...binding)
    return this
  }

  unbind_global(...binding: Parameters<Emitter['unbind_global']>): this {
    this.global_emitter.unbind_global(...binding)
    return this
  }

  unbind_all(): this {
    this.global_emitter.unbind_all()
    return this
  }

  send_event(event: string, data: unknown, channel?: string): boolean {
    return this.connection.send_event(event, data, channel)
  }

  signin(): void {
    this.user.signin()
  }

  shouldUseTLS(): boolean {
    return this.config.useTLS
  }

  /** Moves to another app or cluster with all its channels. */
  switchCluster({ appKey, cluster }: { readonly appKey: string; readonly cluster: string }): void {
    const old = this.#client
    this.key = appKey
    this.options = { ...this.options, cluster }
    this.#unfollow()
    for (const channel of this.allChannels()) channel.unsubscribe()
    this.#client = this.#newClient()
    old.close()
    this.subscribeAll()
    this.user.resume()
    this.connect()
  }

  #newChannel(name: string): Channel {
    if (name.startsWith('#')) throw new BadChannelName(`Cannot create a channel with name "${name}".`)
    if (isEncrypted(name) && !this.options.encryption)
      throw new UnsupportedFeature(`Option encryption is needed for ${name}`)
    return new (name.startsWith('presence-') ? PresenceChannel : Channel)(name, this.#host)
  }

  #newClient(): PusherClient {
    const client = createWatchedClient(this.key, this.options, this.#clock, {
      received: (text, link) => this.#received(text, link),
      sender: (send) => {
        this.#send = send
      },
      secured: () => {
        this.config.useTLS = true
      },
    })
    client.onError(log)
    this.#unfollow = client.status.subscribe((snapshot) => {
      if (snapshot.status !== 'connected' && this.connection.state === 'connected') this.#lost()
      this.connection.follow(snapshot)
      Pusher.log?.(`Connection is ${snapshot.status}`)
    })
    return client
  }

  #lost(): void {
    this.user.disconnect()
    for (const channel of this.allChannels()) channel.disconnect()
  }

  #received(text: Parameters<Link['receive']>[0], link: Link): void {
    const frame = typeof text === 'string' ? parseFrame(text) : undefined
    if (!frame) return link.receive(text)
    const { event, channel: name = '' } = frame
    const channel = this.channels.find(name)
    const isOurs = event.startsWith('pusher') || isEncrypted(name)
    const isUp = this.#send
    channel?.expect(frame)
    if (isOurs) link.receive(text)
    // Until it is connected, what the server says is about the connection, which tells it.
    if (isUp) this.#tell(frame, channel)
  }

  #tell(frame: PusherFrame, channel: Channel | undefined): void {
    const { event } = frame
    channel?.handleEvent(frame)
    if (!event.startsWith('pusher_internal:')) this.global_emitter.emit(event, decodeData(frame.data))
    this.user.handleEvent(frame)
    this.connection.tell(frame)
  }
}
