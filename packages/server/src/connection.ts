import type { Carrier } from './carrier.ts'
import type { HookTable } from './hooks.ts'
import type { Ending, EndingCause, Endpoint, Frame, Wire, WireHandler, WireRequest } from './wire.ts'

/** A connection as hooks, the inspector and tests see it. */
export interface ConnectionInfo {
  readonly id: string
  /** Name of the endpoint that serves it. */
  readonly endpoint: string
  readonly address: string
  /** Milliseconds since 1970. */
  readonly since: number
  readonly bufferedBytes: number
  readonly received: Traffic
  readonly sent: Traffic
  /** Its client id, once it has one. */
  readonly client: string | undefined
  readonly user: string | undefined
  /** The channels it has joined. */
  readonly channels: readonly string[]
}

export interface Traffic {
  readonly frames: number
  readonly bytes: number
}

/** What all connections of one endpoint share. */
export interface Service {
  readonly endpoint: Endpoint
  readonly hooks: HookTable
  /** More than this unsent ends a connection. */
  readonly bufferBytes: number
  /** A connection is over. */
  forget(connection: Connection): void
}

const endings: Readonly<Record<EndingCause, Ending>> = {
  origin: { code: 1008, reason: 'This origin may not connect' },
  limit: { code: 1013, reason: 'Too many connections' },
  slow: { code: 1013, reason: 'Reads too slowly' },
  crash: { code: 1011, reason: 'A fault of the server' },
  gone: { code: 1001, reason: 'The server goes away' },
  'put-out': { code: 1008, reason: 'Put out by the server' },
}

/** Joins a carrier to the endpoint that serves it. */
export class Connection implements Wire, ConnectionInfo {
  readonly id: string
  readonly since: number
  readonly request: WireRequest
  readonly #carrier: Carrier
  readonly #service: Service
  #handler: WireHandler | undefined
  #isOver = false
  #pauses = 0
  #framesIn = 0
  #bytesIn = 0
  #framesOut = 0
  #bytesOut = 0

  constructor(id: string, since: number, carrier: Carrier, request: WireRequest, service: Service) {
    this.id = id
    this.since = since
    this.#carrier = carrier
    this.request = request
    this.#service = service
  }

  get endpoint(): string {
    return this.#service.endpoint.name
  }

  get address(): string {
    return this.request.address
  }

  get bufferedBytes(): number {
    return this.#carrier.bufferedBytes
  }

  get received(): Traffic {
    return { frames: this.#framesIn, bytes: this.#bytesIn }
  }

  get sent(): Traffic {
    return { frames: this.#framesOut, bytes: this.#bytesOut }
  }

  get client(): string | undefined {
    return this.#handler?.about?.().client
  }

  get user(): string | undefined {
    return this.#handler?.about?.().user
  }

  get channels(): readonly string[] {
    return this.#handler?.about?.().channels ?? []
  }

  /** Hands it to the endpoint. */
  start(): void {
    this.#guarded(() => {
      this.#handler = this.#service.endpoint.accept(this)
      // Closed before the endpoint could return whom to tell.
      if (this.#isOver) this.#handler.over(1006, '')
    })
  }

  /** From the carrier: a frame has come. */
  frame(frame: Frame, bytes: number): void {
    if (this.#isOver) return
    this.#framesIn++
    this.#bytesIn += bytes
    const { hooks } = this.#service
    if (hooks.has('receive')) hooks.emit('receive', this, frame)
    this.#guarded(() => this.#handler?.frame(frame))
  }

  /** From the carrier: it is over. */
  ended(code: number, reason: string): void {
    if (!this.#isOver) this.#finish(code, reason)
  }

  send(frame: Frame): void {
    if (this.#isOver) return
    if (this.#carrier.bufferedBytes > this.#service.bufferBytes) return this.endBy('slow')
    this.#framesOut++
    this.#bytesOut += this.#carrier.send(frame)
    const { hooks } = this.#service
    if (hooks.has('send')) hooks.emit('send', this, frame)
  }

  close(code?: number, reason = ''): void {
    if (this.#isOver) return
    if (code === undefined) this.#carrier.cut()
    else this.#carrier.close(code, reason)
    this.#finish(code ?? 1006, reason)
  }

  /** Ends it in the words of its protocol. */
  endBy(cause: EndingCause): void {
    const { code, reason } = this.#service.endpoint.endings?.[cause] ?? endings[cause]
    this.close(code, reason)
  }

  pause(): void {
    if (!this.#pauses++ && !this.#isOver) this.#carrier.pause()
  }

  resume(): void {
    if (!--this.#pauses && !this.#isOver) this.#carrier.resume()
  }

  drain(windowMs: number): void {
    this.#guarded(() => this.#handler?.drain?.(windowMs))
  }

  later(ms: number): void {
    this.#guarded(() => this.#handler?.later?.(ms))
  }

  expire(): void {
    this.#guarded(() => this.#handler?.expire?.())
  }

  #finish(code: number, reason: string): void {
    this.#isOver = true
    const { hooks, forget } = this.#service
    forget(this)
    this.#guarded(() => this.#handler?.over(code, reason))
    hooks.emit('disconnect', this, { code, reason })
  }

  /** An endpoint that throws costs this connection alone. */
  #guarded(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#service.hooks.crash(error, `endpoint ${this.endpoint}`)
      this.endBy('crash')
    }
  }
}
