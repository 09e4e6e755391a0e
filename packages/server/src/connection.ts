import type { Carrier } from './carrier.ts'
import type { TalkingConnection, Traffic } from './connection-info.ts'
import { defaultEndings } from './default-endings.ts'
import type { Armed, Happening } from './faults/armed.ts'
import { carryOut, type Victim } from './faults/carry-out.ts'
import { FrameFaults } from './faults/frame-faults.ts'
import type { ConnectionFault } from './faults/rule.ts'
import type { Service } from './service.ts'
import type {
  Cutter,
  Direction,
  EndingCause,
  Frame,
  FrameKind,
  Wire,
  WireHandler,
  WireRequest,
} from './wire.ts'

/** Joins a carrier to the endpoint that serves it. */
export class Connection implements Wire, TalkingConnection, Victim {
  readonly id: string
  readonly since: number
  readonly request: WireRequest
  readonly #carrier: Carrier
  readonly #service: Service
  #handler: WireHandler | undefined
  #faults: FrameFaults | undefined
  readonly #cutter: Cutter | undefined
  #phase: 'up' | 'hushed' | 'ending' | 'over' = 'up'
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
    this.#cutter = service.endpoint.cut?.((frame) => this.#take(frame))
  }

  get endpoint(): string {
    return this.#service.endpoint.name
  }

  get address(): string {
    return this.request.address
  }

  get bufferedBytes(): number {
    return this.#carrier.bufferedBytes + (this.#faults?.heldBytes ?? 0)
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

  kindOf(frame: Frame, direction: Direction): FrameKind {
    const kind = this.#handler?.kindOf?.(frame, direction) ?? this.#service.endpoint.kindOf?.(frame)
    return kind ?? { type: '', channels: [] }
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
    this.#bytesIn += bytes
    if (!this.#cutter || typeof frame === 'string') return this.#take(frame)
    try {
      this.#cutter.push(frame)
    } catch (error) {
      this.#guarded(() => this.#handler?.broken?.(error))
    }
  }

  #take(frame: Frame): void {
    if (this.#isOver) return
    this.#framesIn++
    const { hooks } = this.#service
    if (hooks.has('receive')) hooks.emit('receive', this, frame)
    if (this.#hasFaults) this.#frameFaults.take('in', frame)
    else this.#read(frame)
  }

  /** From the carrier: it is over. */
  ended(code: number, reason: string): void {
    if (!this.#isOver) this.#finish(code, reason)
  }

  send(frame: Frame): void {
    if (this.#isOver || this.#phase === 'hushed') return
    const isFull = this.bufferedBytes > this.#service.bufferBytes
    if (isFull && this.#phase === 'up') return this.endBy('slow')
    if (this.#hasFaults) this.#frameFaults.take('out', frame)
    else this.#write(frame)
  }

  close(code?: number, reason = ''): void {
    if (this.#isOver) return
    const end = (): void => (code === undefined ? this.#carrier.cut() : this.#carrier.close(code, reason))
    // A client whose writes are frozen must not hear of the end either, but a cut is no writing.
    if (code !== undefined && this.#faults) this.#faults.lane('out').whenThawed(end)
    else end()
    this.#finish(code ?? 1006, reason)
  }

  /** Nothing is sent any more but its end. */
  hush(): void {
    if (this.#phase === 'up') this.#phase = 'hushed'
  }

  /** Ends it in the words of its protocol. */
  endBy(cause: EndingCause): void {
    if (this.#phase !== 'up' && this.#phase !== 'hushed') return
    this.#phase = 'ending'
    this.#guarded(() => this.#handler?.ending?.(cause))
    const { code, reason } = this.#service.endpoint.endings?.[cause] ?? defaultEndings[cause]
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

  expire(inMs: number): void {
    this.#guarded(() => this.#handler?.expire?.(inMs))
  }

  freeze(what: 'reads' | 'writes' | 'both'): () => void {
    const thawWrites = what === 'reads' ? undefined : this.#frameFaults.lane('out').freeze()
    const thawReads = what === 'writes' ? undefined : this.#frameFaults.lane('in').freeze()
    if (thawReads) this.pause()
    return () => {
      if (thawReads) this.resume()
      thawReads?.()
      thawWrites?.()
    }
  }

  /** What rules of faults can be about. */
  about(): Happening {
    const { client, user, channels = [] } = this.#handler?.about?.() ?? {}
    return { connection: this.id, endpoint: this.endpoint, client, user, channels }
  }

  suffer(fault: ConnectionFault, armed: Armed): void {
    carryOut(fault, this, armed, this.#service.faults.clock)
  }

  get #isOver(): boolean {
    return this.#phase === 'over'
  }

  get #hasFaults(): boolean {
    return this.#faults !== undefined || !this.#service.faults.isIdle
  }

  get #frameFaults(): FrameFaults {
    const { faults } = this.#service
    this.#faults ??= new FrameFaults({
      board: faults,
      about: () => this.about(),
      kindOf: (frame, direction) => this.kindOf(frame, direction),
      spoil: (frame, how) => this.#service.endpoint.spoil?.(frame, how) ?? frame,
      pass: (direction, frame) => (direction === 'in' ? this.#read(frame) : this.#write(frame)),
      carryOut: (fault, armed) => this.suffer(fault, armed),
    })
    return this.#faults
  }

  #read(frame: Frame): void {
    if (!this.#isOver) this.#guarded(() => this.#handler?.frame(frame))
  }

  #write(frame: Frame): void {
    if (this.#isOver) return
    this.#framesOut++
    this.#bytesOut += this.#carrier.send(frame)
    const { hooks } = this.#service
    if (hooks.has('send')) hooks.emit('send', this, frame)
  }

  #finish(code: number, reason: string): void {
    this.#phase = 'over'
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
