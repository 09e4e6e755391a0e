import type { Cancel, Clock, RealtimeError, StatusSnapshot } from '@org/realtime-core/kit'
import { dataOf, decodeData, type PusherFrame } from '../frame.ts'
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
    return this.send(JSON.stringify({ event, data, ...(channel !== undefined && { channel }) }))
  }

  isUsingTLS(): boolean {
    return this.#host.isUsingTLS()
  }

  /** For internal use: a frame, as pusher-js tells it. */
  tell({ event, channel, data, userId }: PusherFrame): void {
    if (this.hears('message')) {
      const more = {
        ...(channel !== undefined && { channel }),
        ...(userId !== undefined && { user_id: userId }),
      }
      this.emit('message', { event, data: decodeData(data), ...more })
    }
    if (event === 'pusher:error') this.emit('error', { type: 'PusherError', data: dataOf({ data }) })
  }

  /** For internal use. */
  follow({ status, lastError, nextRetryAt }: StatusSnapshot): void {
    if (lastError && lastError !== this.#lastError) this.#failed(lastError)
    this.#lastError = lastError
    if (nextRetryAt !== undefined && nextRetryAt !== this.#retryAt) {
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
    if (state !== 'unavailable') {
      this.#cancel?.()
      this.#cancel = undefined
    }
    if (state === 'connecting')
      this.#cancel = this.#host.clock.after(this.#host.unavailableMs, () => this.#enter('unavailable'))
    this.emit('state_change', { previous, current: state })
    this.emit(state, data)
  }

  #failed(error: RealtimeError): void {
    const { code, reason } = error.details as { code?: number; reason?: string }
    const data = { code, message: reason ?? error.message }
    this.emit('error', { type: 'WebSocketError', error: { type: 'PusherError', data }, cause: error })
  }
}
