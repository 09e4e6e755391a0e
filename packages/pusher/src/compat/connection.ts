import type { Cancel, Clock, RealtimeError, StatusSnapshot } from '@org/realtime-core/kit'
import { decodeData, type PusherFrame } from '../frame.ts'
import { known } from '../known.ts'
import { Emitter } from './emitter.ts'

export type ConnectionState =
  | 'initialized'
  | 'connecting'
  | 'connected'
  | 'unavailable'
  | 'failed'
  | 'disconnected'

/** What `pusher.connection` does is done by its client. */
export interface ConnectionHost {
  readonly clock: Clock
  readonly unavailableMs: number
  connect(): void
  disconnect(): void
  send(frame: string): boolean
  isUsingTLS(): boolean
  socketId(): string | undefined
}

/** `pusher.connection`. */
export class ConnectionManager extends Emitter {
  state: ConnectionState = 'initialized'
  /** Of the newest connection; it stays while that is lost. */
  socket_id: string | undefined
  readonly #host: ConnectionHost
  #cancel: Cancel | undefined
  #lastError: RealtimeError | undefined
  #retryAt: number | undefined

  constructor(host: ConnectionHost) {
    super(() => {})
    this.#host = host
  }

  connect(): void {
    this.#host.connect()
  }

  disconnect(): void {
    this.#host.disconnect()
  }

  send(frame: string): boolean {
    return this.#host.send(frame)
  }

  send_event(event: string, data: unknown, channel?: string): boolean {
    return this.send(JSON.stringify({ event, data, channel }))
  }

  isUsingTLS(): boolean {
    return this.#host.isUsingTLS()
  }

  /** For internal use: a frame, as pusher-js tells it. */
  tell({ event, channel, data, userId }: PusherFrame): void {
    if (event === 'pusher:error') this.emit('error', { type: 'PusherError', data: decodeData(data) })
    if (this.hears('message'))
      this.emit('message', { event, channel, data: decodeData(data), ...known({ user_id: userId }) })
  }

  /** For internal use. */
  follow({ status, lastError, nextRetryAt }: StatusSnapshot): void {
    if (lastError && lastError !== this.#lastError) this.#failed(lastError)
    this.#lastError = lastError
    if (nextRetryAt && nextRetryAt !== this.#retryAt) {
      const seconds = Math.round((nextRetryAt - this.#host.clock.date()) / 1000)
      if (seconds > 0) this.emit('connecting_in', seconds)
    }
    this.#retryAt = nextRetryAt
    if (status === 'connected') {
      this.socket_id = this.#host.socketId()
      this.#enter('connected', { socket_id: this.socket_id })
    } else if (status === 'failed')
      this.#enter(lastError?.code === 'option.invalid' ? 'failed' : 'disconnected')
    else if (status === 'closed') this.#enter('disconnected')
    else if (status !== 'idle' && this.state !== 'unavailable') this.#enter('connecting')
  }

  #enter(state: ConnectionState, data?: object): void {
    if (state === this.state) return
    const previous = this.state
    this.state = state
    if (state !== 'unavailable') this.#cancel?.()
    if (state === 'connecting')
      this.#cancel = this.#host.clock.after(this.#host.unavailableMs, () => this.#enter('unavailable'))
    this.emit('state_change', { previous, current: state })
    this.emit(state, data)
  }

  /** As pusher-js tells it, which is silent about dials that fail, peers that are, and ends in peace. */
  #failed(cause: RealtimeError): void {
    const isUp = this.state === 'connected'
    // A socket that breaks has no code here, and 1006 there.
    const { code = isUp && cause.code === 'connection.lost' ? 1006 : 0, reason: message } = cause.details as {
      code?: number
      reason?: string
    }
    if (code < 1002 && cause.code.startsWith('connection.')) return
    const error = { type: 'PusherError', data: { code, message }, cause }
    if (isUp) this.emit('error', error)
    // What asks for more than another dial is told again.
    if (!isUp || code > 3999) this.emit('error', { type: 'WebSocketError', error, cause })
  }
}
